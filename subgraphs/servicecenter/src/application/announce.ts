import { type Announcement, announcement } from '@myhotel/contracts/event'
import { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import type { Complaint, ComplaintEvent } from '../domain/complaint.ts'

/** What is published of an event of a complaint, which is now as given. */
export function announced(
  { id, version, guestId, bookingId, roomId }: Complaint,
  event: ComplaintEvent,
): Announcement {
  const complaint = { complaintId: id, guestId, bookingId, roomId, text: '' as const }
  if (event.type === 'ComplaintFiled') {
    return announcement(ComplaintFiled, id, version, { ...complaint, filedAt: event.filedAt })
  }
  const { closedBy, closedAt } = event
  return announcement(ComplaintClosed, id, version, { ...complaint, resolution: '', closedBy, closedAt })
}
