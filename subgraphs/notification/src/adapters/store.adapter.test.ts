import { Booked } from '@myhotel/contracts/book'
import { announcement } from '@myhotel/contracts/event'
import { newCorrelation } from '@myhotel/kit/context'
import { subscribe } from '@myhotel/kit/subscription'
import { asEvent, createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase, type Transaction } from './database.ts'
import { reactions } from './event-consumer.ts'
import { prismaDeliveries } from './prisma-deliveries.ts'
import { outgoing, prismaNotifications } from './prisma-notifications.ts'
import { bookingOf, messageTo, silent } from './testing.ts'

let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let database: Database
beforeAll(async () => {
  postgres = await createTestDatabase('notification')
  database = openDatabase(postgres.url).database
})
afterAll(async () => {
  await database?.$disconnect()
  await postgres?.drop()
})

const send = (eventId: string, ...messages: ReturnType<typeof messageTo>[]) =>
  database.$transaction((tx) =>
    outgoing(tx, ['EMAIL', 'PUSH']).send([{ eventId, messages, under: newCorrelation() }], new Date()),
  )
const newest = (user: string, limit = 10, before: string | null = null) =>
  prismaNotifications(database).newest(user, { limit, before })
const announced = (aggregateId: string) =>
  database.outbox.findMany({ where: { aggregateId }, orderBy: { version: 'asc' } })

test('an event that is delivered twice tells guest and host once', async () => {
  const postman = createPostman()
  const react = reactions(
    (tx: Transaction) => outgoing(tx, ['EMAIL']),
    () => new Date(),
  )
  subscribe<Transaction>({
    consumer: 'notification',
    bus: postman.bus,
    database,
    reactions: react,
    log: silent,
  })
  const event = asEvent(announcement(Booked, 'twice', 1, bookingOf('twice', 'guest-t', 'host-t')))
  expect([...(await postman.deliver(event)), ...(await postman.deliver(event))]).toEqual(['done', 'done'])
  expect((await newest('guest-t')).map(({ kind }) => kind)).toEqual(['BOOKED'])
  expect((await newest('host-t')).map(({ kind }) => kind)).toEqual(['BOOKING_RECEIVED'])
})

test('of events that come together, each is told under what it belongs to', async () => {
  const told = ['x', 'y'].map((name) => ({
    eventId: `book.${name}:1`,
    messages: [messageTo(name)],
    under: newCorrelation(`order-${name}`),
  }))
  await database.$transaction((tx) => outgoing(tx, []).send(told, new Date()))
  for (const name of ['x', 'y']) {
    const [notification] = await newest(name)
    expect(await announced(notification!.id)).toMatchObject([{ correlationId: `order-${name}` }])
  }
})

test('what was said of an event is not said again, even if the inbox forgot it', async () => {
  await send('book.again:1', messageTo('anna'))
  await send('book.again:1', messageTo('anna'), messageTo('anna', { kind: 'BOOKING_RECEIVED' }))
  const notifications = await newest('anna')
  expect(notifications.map(({ kind }) => kind)).toEqual(['BOOKING_RECEIVED', 'BOOKED'])
  for (const { id } of notifications) expect(await announced(id)).toHaveLength(1)
})

test('own notifications come newest first, page by page', async () => {
  for (const title of ['1', '2', '3']) await send(`book.page${title}:1`, messageTo('ben', { title }))
  await send('book.page4:1', messageTo('someone else'))
  const page = await newest('ben', 2)
  expect(page.map(({ title }) => title)).toEqual(['3', '2'])
  expect((await newest('ben', 2, page.at(-1)?.id)).map(({ title }) => title)).toEqual(['1'])
})

test('only own and unread ones are marked, and each is announced once', async () => {
  await send('book.read:1', messageTo('carla'), messageTo('dora'))
  const [hers] = await newest('carla')
  const [other] = await newest('dora')
  const ids = [hers!.id, other!.id, hers!.id, 'no id', '0190c8a4-0000-7000-8000-000000000000']
  const readAt = new Date('2027-02-28T12:00:00Z')
  const mark = () => prismaNotifications(database).markRead('carla', ids, readAt)
  expect(await mark()).toEqual([{ id: hers!.id, version: 2 }])
  expect(await mark()).toEqual([])
  expect((await newest('carla'))[0]?.readAt).toEqual(readAt)
  expect((await newest('dora'))[0]?.readAt).toBeNull()
  expect((await announced(hers!.id)).map(({ type, version }) => [type, version])).toEqual([
    ['NotificationSent', 1],
    ['NotificationRead', 2],
  ])
})

test('concurrent readers count a notification once', async () => {
  await send('book.race:1', messageTo('emil'))
  const id = (await newest('emil'))[0]!.id
  const marks = await Promise.all(
    Array.from({ length: 8 }, () => prismaNotifications(database).markRead('emil', [id], new Date())),
  )
  expect(marks.flat()).toEqual([{ id, version: 2 }])
})

test('a delivery is taken by one worker, comes back when its lease ends, and then obeys only the later one', async () => {
  await database.delivery.deleteMany()
  await send('book.lease:1', messageTo('fritz'), messageTo('greta'))
  const deliveries = prismaDeliveries(database)
  const taken = (await Promise.all([1, 2, 3].map(() => deliveries.take('EMAIL', 1, 60_000)))).flat()
  expect(new Set(taken.map(({ message }) => message.recipientId))).toEqual(new Set(['fritz', 'greta']))
  expect(await deliveries.take('EMAIL', 10, 60_000)).toEqual([])

  await database.delivery.updateMany({ where: { channel: 'EMAIL' }, data: { dueAt: new Date(0) } })
  const again = await deliveries.take('EMAIL', 10, 60_000)
  expect(again.map(({ attempt }) => attempt)).toEqual([2, 2])

  await deliveries.settle(taken[0]!, { state: 'UNREACHABLE', why: 'a worker that woke up late' })
  for (const delivery of again) await deliveries.settle(delivery, { state: 'DELIVERED' })
  expect((await newest('fritz'))[0]?.channels).toEqual(['IN_APP', 'EMAIL'])
  expect((await newest('greta'))[0]?.channels).toEqual(['IN_APP', 'EMAIL'])
  expect(await deliveries.take('PUSH', 10, 60_000)).toHaveLength(2)
})
