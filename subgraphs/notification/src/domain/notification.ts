/** What happened, from the recipient's point of view. */
export type Kind =
  | 'BOOKED'
  | 'BOOKING_RECEIVED'
  | 'PAYMENT_APPROVED'
  | 'BOOK_CANCELED'
  | 'PAYMENT_CANCELED'
  | 'COMPLAINT_FILED'
  | 'COMPLAINT_CLOSED'

/** A way to a recipient. What is in-app has arrived as soon as it is stored. */
export type Channel = 'IN_APP' | 'EMAIL' | 'PUSH'

/** What one user is told, in words. */
export type Message = {
  readonly recipientId: string
  readonly kind: Kind
  /** One line without control characters: it becomes the subject of a mail. */
  readonly title: string
  /** Plain text of one or more lines. */
  readonly body: string
  readonly bookingId: string | null
  readonly roomId: string | null
}

/** A message that was stored, and so sent. */
export type Notification = Message & {
  readonly id: string
  readonly sentAt: Date
  readonly readAt: Date | null
  /** The channels by which it has arrived. */
  readonly channels: readonly Channel[]
}
