import type { PolicyOf } from '@myhotel/kit/policy'
import type { Notification } from '../domain/notification.ts'
import type { Resolvers } from './graphql.generated.ts'

/** Everyone reads, marks and subscribes only for themselves; only `pushKey` needs no sign-in. */
export const policy = {
  Query: {
    myNotifications: ['user'],
    pushKey: ['anyone'],
  },
  Mutation: {
    markNotificationsRead: ['user'],
    subscribeToPush: ['user'],
    unsubscribeFromPush: ['user'],
  },
  objects: {
    Notification: {
      seenBy: ['its recipient'],
      fields: ['id', 'kind', 'title', 'body', 'bookingId', 'roomId', 'sentAt', 'readAt', 'channels'],
      relations: { 'its recipient': ({ recipientId }: Notification, { subject }) => recipientId === subject },
    },
  },
} as const satisfies PolicyOf<Resolvers>
