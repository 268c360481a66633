import type { Message } from './notification.ts'
import { quoted } from './wording.ts'

/** What a message about a complaint can name. */
export type Complaint = {
  readonly complaintId: string
  readonly guestId: string
  readonly bookingId: string | null
  readonly roomId: string | null
  readonly text: string
}

/** Tells the guest that the complaint has arrived. */
export function complaintFiledMessage(complaint: Complaint): Message {
  return toGuest(complaint, 'COMPLAINT_FILED', 'We received your complaint', [
    'We received your complaint and will look into it. You wrote:',
    quoted(complaint.text),
  ])
}

/** Tells the guest how the complaint was settled. */
export function complaintClosedMessage(complaint: Complaint & { readonly resolution: string }): Message {
  return toGuest(complaint, 'COMPLAINT_CLOSED', 'Your complaint is settled', [
    'Our service centre settled your complaint:',
    quoted(complaint.resolution),
    'You wrote:',
    quoted(complaint.text),
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
