import { badInput, readPage, toConnection } from '@myhotel/kit/connection'
import { canonicalId } from '@myhotel/kit/ids'
import { userOf } from '@myhotel/kit/serve'
import { subscribeToPush } from '../application/commands.ts'
import type { Clock, Notifications, PushSubscriptions } from '../application/ports.ts'
import type { Resolvers } from './graphql.generated.ts'

const mostIds = 100

/** Resolvers: whatever is read, marked or subscribed to is that of whoever asks. */
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
        const page = readPage(args, 1)
        const before = page.after === null ? null : canonicalId(String(page.after[0]))
        if (page.after !== null && before === null)
          throw badInput('after', 'after is not a cursor of this field')
        const found = await notifications.newest(userOf(context), { limit: page.first + 1, before })
        return toConnection(
          page,
          found,
          ({ id }) => [id],
          (notification) => notification,
        )
      },
      pushKey: () => push?.publicKey ?? null,
    },

    Mutation: {
      async markNotificationsRead(_, { ids }, context) {
        if (ids.length > mostIds) throw badInput('ids', `ids are at most ${mostIds} at a time`)
        const marked = await notifications.markRead(userOf(context), ids, clock())
        for (const { id, version } of marked) context.wrote(`notification.${id}`, version)
        return marked.length
      },

      async subscribeToPush(_, { input }, context) {
        if (!push) {
          const message = 'this hotel sends no push messages'
          return { __typename: 'PushUnavailable', code: 'PUSH_UNAVAILABLE', message }
        }
        const flaw = await subscribeToPush(userOf(context), input, {
          subscriptions,
          services: push.services,
          clock,
        })
        return flaw
          ? { __typename: 'InvalidInput', code: 'INVALID_INPUT', ...flaw }
          : { __typename: 'PushSubscribed', endpoint: input.endpoint }
      },

      unsubscribeFromPush: (_, { endpoint }, context) => subscriptions.remove(userOf(context), endpoint),
    },

    Notification: {
      sentAt: ({ sentAt }) => sentAt.toISOString(),
      readAt: ({ readAt }) => readAt?.toISOString() ?? null,
      channels: ({ channels }) => [...channels],
    },
  }
}
