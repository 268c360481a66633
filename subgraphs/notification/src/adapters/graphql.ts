import { badInput, readPage, toConnection } from '@myhotel/kit/connection'
import { requireUser } from '@myhotel/kit/serve'
import { validate } from 'uuid'
import { subscribeToPush } from '../application/commands.ts'
import type { Clock, Notifications, PushSubscriptions } from '../application/ports.ts'
import type { Notification } from '../domain/notification.ts'
import type { Notification as Node, Resolvers } from './graphql.generated.ts'

const mostIds = 100

/** Everyone reads, marks and subscribes only for themselves; only `pushKey` needs no sign-in. */
export function resolvers(options: {
  notifications: Notifications
  clock: Clock
  /** Null while push is off. */
  push: { publicKey: string; services: readonly string[] } | null
  subscriptions: PushSubscriptions
}): Resolvers {
  const { notifications, subscriptions, clock, push } = options
  return {
    Query: {
      async myNotifications(_, args, context) {
        const user = requireUser(context)
        const page = readPage(args, 1)
        const before = page.after === null ? null : String(page.after[0])
        if (before !== null && !validate(before))
          throw badInput('after', 'after is not a cursor of this field')
        const found = await notifications.newest(user, { limit: page.first + 1, before })
        return toConnection(page, found, ({ id }) => [id], toNode)
      },
      pushKey: () => push?.publicKey ?? null,
    },

    Mutation: {
      async markNotificationsRead(_, { ids }, context) {
        const user = requireUser(context)
        if (ids.length > mostIds) throw badInput('ids', `ids are at most ${mostIds} at a time`)
        const marked = await notifications.markRead(user, ids, clock())
        for (const { id, version } of marked) context.wrote(`notification.${id}`, version)
        return marked.length
      },

      async subscribeToPush(_, { input }, context) {
        const user = requireUser(context)
        if (!push) {
          const message = 'this hotel sends no push messages'
          return { __typename: 'PushUnavailable', code: 'PUSH_UNAVAILABLE', message }
        }
        const flaw = await subscribeToPush(user, input, { subscriptions, services: push.services, clock })
        return flaw
          ? { __typename: 'InvalidInput', code: 'INVALID_INPUT', ...flaw }
          : { __typename: 'PushSubscribed', endpoint: input.endpoint }
      },

      unsubscribeFromPush: (_, { endpoint }, context) => subscriptions.remove(requireUser(context), endpoint),
    },
  }
}

function toNode({ recipientId: _, sentAt, readAt, channels, ...shown }: Notification): Node {
  return {
    ...shown,
    sentAt: sentAt.toISOString(),
    readAt: readAt?.toISOString() ?? null,
    channels: [...channels],
  }
}
