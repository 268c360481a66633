import type { Message } from './notification.ts'

/** What a message about a complaint can name. */
export type Complaint = {
  readonly complaintId: string
  readonly guestId: string
  readonly bookingId: string | null
  readonly roomId: string | null
}

/** Tells the guest that the complaint has arrived. */
export function complaintFiledMessage(complaint: Complaint): Message {
  return toGuest(complaint, 'COMPLAINT_FILED', 'We received your complaint', [
    'We received your complaint and will look into it.',
  ])
}

/** Tells the guest that the complaint was settled, and where the answer is. */
export function complaintClosedMessage(complaint: Complaint): Message {
  return toGuest(complaint, 'COMPLAINT_CLOSED', 'Your complaint is settled', [
    'Our service centre settled your complaint. The answer is with the complaint, among your complaints.',
  ])
}

function toGuest(
  { guestId, complaintId, bookingId, roomId }: Complaint,
  kind: Message['kind'],
  title: string,
  lines: readonly string[],
): Message {
  const body = [...lines, `Complaint: ${complaintId}`].join('\n')
  return { recipientId: guestId, kind, title, body, bookingId, roomId }
}
