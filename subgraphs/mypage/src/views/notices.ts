import type { NotificationRead, NotificationSent } from '@myhotel/contracts/notification'
import type { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import { drop, put, timeOf, type Write } from './write.ts'

export const unreadOf = (userId: string) => `user:${userId}:unread`
export const openComplaintsOf = (guestId: string) => `guest:${guestId}:complaints`

export function notificationSent({ notificationId, recipientId, sentAt }: NotificationSent): Write[] {
  return [put(unreadOf(recipientId), notificationId, timeOf(sentAt))]
}

export function notificationRead({ notificationId, recipientId }: NotificationRead): Write[] {
  return [drop(unreadOf(recipientId), notificationId)]
}

export function complaintFiled({ complaintId, guestId, filedAt }: ComplaintFiled): Write[] {
  return [put(openComplaintsOf(guestId), complaintId, timeOf(filedAt))]
}

export function complaintClosed({ complaintId, guestId }: ComplaintClosed): Write[] {
  return [drop(openComplaintsOf(guestId), complaintId)]
}
