import { newCorrelation } from '@myhotel/kit/context'
import {
  databaseOf,
  largeTables,
  numberedId,
  numberedIds,
  publishedOutbox,
  rows,
} from '@myhotel/kit/testing/plans'
import { workSql } from '@myhotel/kit/work'
import { expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { prismaDeliveries } from './prisma-deliveries.ts'
import { outgoing, prismaNotifications } from './prisma-notifications.ts'
import { prismaPushSubscriptions } from './prisma-push-subscriptions.ts'
import { browserAt, messageTo } from './testing.ts'
import { undeliveredWork } from './undelivered.ts'

const someId = numberedId(rows / 2 + 7)

const delivered = rows - 5_000

/** Mail is behind with 5,000 of what it has to deliver. */
const tables = [
  `INSERT INTO notification (id, event_id, recipient_id, kind, title, body, sent_at)
   SELECT ${numberedIds('n')}, 'book.' || n || ':1', 'user' || n % 10000, 'BOOKED', 'title', 'body', now()
   FROM generate_series(1, ${rows}) n`,
  `INSERT INTO delivery (notification_id, channel, state, due_at, delivered_at)
   SELECT ${numberedIds('n')}, 'IN_APP', 'DELIVERED', now(), now() FROM generate_series(1, ${rows}) n`,
  `INSERT INTO delivery (notification_id, channel, state, due_at, delivered_at)
   SELECT ${numberedIds('n')}, 'EMAIL', (CASE WHEN n <= ${delivered} THEN 'DELIVERED' ELSE 'PENDING' END)::delivery_state,
     now() - interval '1 day' * (1 - n / ${rows}.0), CASE WHEN n <= ${delivered} THEN now() END
   FROM generate_series(1, ${rows}) n`,
  publishedOutbox,
  `INSERT INTO push_subscription (endpoint, user_id, p256dh, auth, subscribed_at)
   SELECT 'https://push/' || n, 'user' || n % 20000, 'key', 'secret', now() FROM generate_series(1, ${rows}) n`,
]

const { opened, ways } = largeTables(databaseOf('notification', openDatabase), tables)

it.each([null, someId])('a page of a user, before %s', async (before) => {
  const page = () => prismaNotifications(opened().database).newest('user7', { limit: 101, before })
  expect(await ways(page)).toEqual(['delivery_pkey', 'notification_of_recipient'])
})

it('marking notifications as read', async () => {
  const read = () => prismaNotifications(opened().database).markRead('user7', [someId], new Date())
  expect(await ways(read)).toEqual(['notification_of_recipient'])
})

it('sending: what was sent is known by its event', async () => {
  const told = Array.from({ length: 50 }, (_, index) => ({
    eventId: `book.${index}:1`,
    messages: [messageTo(`user${index}`), messageTo(`host${index}`)],
    under: newCorrelation(),
  }))
  const send = () =>
    opened().database.$transaction((tx) => outgoing(tx, ['EMAIL', 'PUSH']).send(told, new Date()))
  expect(await ways(send)).toEqual(['notification_event_id_recipient_id_kind_key'])
})

it('the queue of deliveries: taken in the order in which they are due, settled by their keys', async () => {
  const deliveries = prismaDeliveries(opened().database)
  const work = async () => {
    const taken = await deliveries.take('EMAIL', 60, 180_000)
    expect(taken).toHaveLength(60)
    await Promise.all(taken.map((delivery) => deliveries.settle(delivery, { state: 'DELIVERED' })))
  }
  expect(await ways(work)).toEqual(['delivery_pending', 'delivery_pkey', 'notification_pkey'])
})

it('subscriptions to Web Push', async () => {
  const subscriptions = prismaPushSubscriptions(opened().database)
  const save = () => subscriptions.save('user7', browserAt('https://push/new'), new Date())
  expect(await ways(save)).toEqual(['push_subscription_of_user', 'push_subscription_pkey'])
  expect(await ways(() => subscriptions.of('user7'))).toEqual(['push_subscription_of_user'])
  expect(await ways(() => subscriptions.remove('user7', 'https://push/7'))).toEqual([
    'push_subscription_pkey',
  ])
})

it('what waits to be done, as figures tell it', async () => {
  const ask = () => opened().database.$queryRawUnsafe(workSql(undeliveredWork))
  expect(await ways(ask)).toEqual([
    // Those 5,000, which are to be counted.
    expect.stringMatching(/^[56]\d{3} rows by delivery_pending$/),
    'all of dead_letter',
    'notification_pkey',
    'outbox_unpublished',
  ])
})
