import type { Notification } from '../domain/notification.ts'
import type { Flaw } from '../domain/push-subscription.ts'

/** What resolvers of Notification are given: the notification as the domain has it. */
export type NotificationModel = Notification

/** A refusal of the input; the kit lists its one problem where it does not list them itself. */
export type InvalidInputModel = Flaw & { readonly code: 'INVALID_INPUT' }
