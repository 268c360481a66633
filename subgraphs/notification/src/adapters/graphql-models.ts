import type { Notification } from '../domain/notification.ts'

/** What resolvers of Notification are given: the notification as the domain has it. */
export type NotificationModel = Notification
