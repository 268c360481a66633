import { z } from 'zod'
import { type DataOf, defineEvent } from './event.ts'
import { instant } from './values.ts'

/** A notification was put into its recipient's in-app inbox. Aggregate: the notification, version 1. */
export const NotificationSent = defineEvent(
  'notification',
  'NotificationSent',
  z.object({ notificationId: z.string(), recipientId: z.string(), kind: z.string(), sentAt: instant }),
)

/** Its recipient has read it. Version 2. */
export const NotificationRead = defineEvent(
  'notification',
  'NotificationRead',
  z.object({ notificationId: z.string(), recipientId: z.string(), readAt: instant }),
)

export type NotificationSent = DataOf<typeof NotificationSent>
export type NotificationRead = DataOf<typeof NotificationRead>
