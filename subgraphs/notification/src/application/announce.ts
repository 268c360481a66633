import { type Announcement, announcement } from '@myhotel/contracts/event'
import { NotificationRead, NotificationSent } from '@myhotel/contracts/notification'
import type { Message } from '../domain/notification.ts'

/** A notification's first version: it is in its recipient's inbox. */
export function announceSent(
  notificationId: string,
  { recipientId, kind }: Message,
  sentAt: Date,
): Announcement {
  const data = { notificationId, recipientId, kind, sentAt: sentAt.toISOString() }
  return announcement(NotificationSent, notificationId, 1, data)
}

/** A notification's second and last version: its recipient has read it. */
export function announceRead(
  notificationId: string,
  version: number,
  recipientId: string,
  readAt: Date,
): Announcement {
  const data = { notificationId, recipientId, readAt: readAt.toISOString() }
  return announcement(NotificationRead, notificationId, version, data)
}
