import { newCorrelation } from '@myhotel/kit/context'
import { createTestDatabase, eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { templateAddressBook } from './address-book.ts'
import { type Database, openDatabase } from './database.ts'
import { deliveryWorker } from './delivery-worker.ts'
import { mailCarrier } from './mail-carrier.ts'
import { prismaDeliveries } from './prisma-deliveries.ts'
import { outgoing, prismaNotifications } from './prisma-notifications.ts'
import { messageTo, silent, startMailCatcher } from './testing.ts'

let catcher: Awaited<ReturnType<typeof startMailCatcher>>
let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let database: Database
let worker: ReturnType<typeof deliveryWorker>
const addresses = templateAddressBook('{user}@myhotel.example')

const carrier = () =>
  mailCarrier({
    smtpUrl: catcher.smtpUrl,
    from: 'MyHotel <hotel@myhotel.example>',
    connections: 5,
    addresses,
  })

beforeAll(async () => {
  catcher = await startMailCatcher()
  postgres = await createTestDatabase('notification')
  database = openDatabase(postgres.url).database
  const deliveries = prismaDeliveries(database)
  const clock = () => new Date()
  worker = deliveryWorker({ carrier: carrier(), deliveries, atATime: 5, clock, log: silent })
  await worker.start?.({ check: async () => ({ ready: true, parts: {} }) })
})
afterAll(async () => {
  await worker?.stop?.()
  await database?.$disconnect()
  await postgres?.drop()
  await catcher?.stop()
})

async function send(eventId: string, ...messages: ReturnType<typeof messageTo>[]) {
  await database.$transaction((tx) =>
    outgoing(tx, ['EMAIL']).send([{ eventId, messages, under: newCorrelation() }], new Date()),
  )
  worker.wake()
}

const channelsOf = async (user: string) =>
  (await prismaNotifications(database).newest(user, { limit: 10, before: null })).map(
    ({ channels }) => channels,
  )

const deliveryOf = (recipientId: string) =>
  database.delivery.findFirstOrThrow({ where: { channel: 'EMAIL', notification: { recipientId } } })

test('a stored message becomes a mail, and the channel is shown', async () => {
  await send('book.m1:1', messageTo('anna'))
  const mail = await eventually(async () => (await catcher.mailTo('anna@myhotel.example'))[0])
  expect(mail).toMatchObject({ subject: 'You are booked', text: 'See you soon.\n' })
  expect(mail.headers).toMatchObject({
    from: 'MyHotel <hotel@myhotel.example>',
    'auto-submitted': 'auto-generated',
    'x-notification-kind': 'BOOKED',
  })
  await eventually(async () => expect(await channelsOf('anna')).toEqual([['IN_APP', 'EMAIL']]))
})

test('mail that is refused is tried again, and what comes after it is not held up', async () => {
  await catcher.reject(true)
  await send('book.m2:1', messageTo('ben'))
  const refused = await eventually(async () => {
    const delivery = await deliveryOf('ben')
    return delivery.lastError !== null && delivery
  })
  expect(refused).toMatchObject({ state: 'PENDING', lastError: expect.stringContaining('451') })
  expect(await channelsOf('ben')).toEqual([['IN_APP']])

  await catcher.reject(false)
  await send('book.m3:1', messageTo('carla'))
  await eventually(async () => expect(await catcher.mailTo('carla@myhotel.example')).toHaveLength(1))
  await eventually(async () => expect(await catcher.mailTo('ben@myhotel.example')).toHaveLength(1))
  await eventually(async () => expect(await channelsOf('ben')).toEqual([['IN_APP', 'EMAIL']]))
})

test('a delivery has the same Message-ID however often it is tried', async () => {
  const delivery = {
    notificationId: '0190c8a4-0000-7000-8000-000000000001',
    channel: 'EMAIL' as const,
    attempt: 1,
    sentAt: new Date(),
    under: null,
    message: messageTo('dora'),
  }
  const mail = carrier()
  await mail.deliver(delivery)
  await mail.deliver({ ...delivery, attempt: 2 })
  await mail.close()
  const sent = await catcher.mailTo('dora@myhotel.example')
  expect(sent.map(({ headers }) => headers['message-id'])).toEqual([
    '<0190c8a4-0000-7000-8000-000000000001@myhotel.example>',
    '<0190c8a4-0000-7000-8000-000000000001@myhotel.example>',
  ])
})

test('nothing that a user is called or typed becomes a header or a second recipient', async () => {
  const user = 'eve@x>\r\nBcc: all@x.example, <m'
  await send('book.m4:1', messageTo(user, { title: 'Loft\r\nBcc: all@x.example\r\n\r\nhello' }))
  const address = addresses.mailAddressOf(user) ?? ''
  const mail = await eventually(async () => (await catcher.mailTo(address))[0])
  expect(mail.to).toEqual([address])
  expect(mail.headers.bcc).toBeUndefined()
  expect(mail.text).toBe('See you soon.\n')
  expect(await catcher.mailTo('all@x.example')).toEqual([])
})

test('who has no address is not tried again', async () => {
  const nameless = 'ü'.repeat(30)
  expect(addresses.mailAddressOf(nameless)).toBeNull()
  await send('book.m5:1', messageTo(nameless))
  await eventually(async () => expect(await deliveryOf(nameless)).toMatchObject({ state: 'UNREACHABLE' }))
})

test('different users have different addresses', () => {
  const users = ['guest1', 'auth0|5f7c', 'auth0=7C5f7c', 'a.b', 'a b', 'A', 'a', 'é', '%41']
  const found = users.map((user) => addresses.mailAddressOf(user))
  expect(new Set(found).size).toBe(users.length)
  expect(found[0]).toBe('guest1@myhotel.example')
  expect(found[1]).toBe('auth0=7C5f7c@myhotel.example')
})
