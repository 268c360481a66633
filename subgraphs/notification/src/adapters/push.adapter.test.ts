import { createTestDatabase } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import webPush from 'web-push'
import type { Carrier, Delivery, PushSubscriptions } from '../application/ports.ts'
import { type Database, openDatabase } from './database.ts'
import { prismaPushSubscriptions } from './prisma-push-subscriptions.ts'
import { webPushCarrier } from './push-carrier.ts'
import { browserAt, messageTo, startPushService } from './testing.ts'

let service: Awaited<ReturnType<typeof startPushService>>
let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let database: Database
let subscriptions: PushSubscriptions
let carrier: Carrier
const now = new Date('2027-02-28T12:00:00Z')

beforeAll(async () => {
  service = await startPushService()
  postgres = await createTestDatabase('notification')
  database = openDatabase(postgres.url).database
  subscriptions = prismaPushSubscriptions(database)
  const vapid = { ...webPush.generateVAPIDKeys(), subject: 'mailto:hotel@myhotel.example' }
  carrier = webPushCarrier({ vapid, subscriptions })
})
afterAll(async () => {
  await database?.$disconnect()
  await postgres?.drop()
  await service?.stop()
})

const subscribe = (user: string, path: string, at = now) =>
  subscriptions.save(user, browserAt(`${service.origin}${path}`), at)
const receivedAt = (path: string) => service.received.filter((request) => request.path === path)
const endpointsOf = async (user: string) => (await subscriptions.of(user)).map(({ endpoint }) => endpoint)

function deliveryTo(user: string): Delivery {
  const notificationId = '0190c8a4-0000-7000-8000-00000000000a'
  return { notificationId, channel: 'PUSH', attempt: 1, sentAt: now, message: messageTo(user), under: null }
}

test('a message goes, encrypted and signed, to all browsers of the user and to no other', async () => {
  await subscribe('anna', '/phone')
  await subscribe('anna', '/laptop')
  await subscribe('ben', '/ben')
  expect(await carrier.deliver(deliveryTo('anna'))).toEqual({ kind: 'delivered' })
  expect([receivedAt('/phone'), receivedAt('/laptop'), receivedAt('/ben')].map((all) => all.length)).toEqual([
    1, 1, 0,
  ])
  const [request] = receivedAt('/phone')
  expect(request?.headers).toMatchObject({
    'content-encoding': 'aes128gcm',
    ttl: '86400',
    topic: '0190c8a400007000800000000000000a',
    authorization: expect.stringMatching(/^vapid t=\S+, k=\S+$/),
  })
  expect(request?.bytes).toBeGreaterThan(100)
})

test('a browser that is gone is forgotten; without any the user is unreachable', async () => {
  await subscribe('carla', '/old')
  await subscribe('carla', '/older')
  service.answer.set('/old', 410).set('/older', 404)
  expect(await carrier.deliver(deliveryTo('carla'))).toMatchObject({ kind: 'unreachable' })
  expect(await endpointsOf('carla')).toEqual([])
})

test('a key with which nothing can be encrypted is forgotten, too', async () => {
  const endpoint = `${service.origin}/broken`
  await subscriptions.save('emil', { ...browserAt(endpoint), p256dh: `B${'x'.repeat(86)}` }, now)
  expect(await carrier.deliver(deliveryTo('emil'))).toMatchObject({ kind: 'unreachable' })
  expect(await endpointsOf('emil')).toEqual([])
})

test('a push service that fails is tried again later, unless another browser took the message', async () => {
  await subscribe('dora', '/busy')
  service.answer.set('/busy', 503)
  expect(await carrier.deliver(deliveryTo('dora'))).toEqual({ kind: 'failed', why: 'push service: 503' })
  await subscriptions.save('dora', browserAt('http://127.0.0.1:1/'), now)
  expect(await carrier.deliver(deliveryTo('dora'))).toMatchObject({ kind: 'failed' })
  await subscribe('dora', '/well')
  expect(await carrier.deliver(deliveryTo('dora'))).toEqual({ kind: 'delivered' })
  expect(await endpointsOf('dora')).toHaveLength(3)
})

test('a browser belongs to who subscribed last, and only they can end it', async () => {
  await subscribe('fritz', '/shared')
  await subscribe('greta', '/shared')
  expect(await endpointsOf('fritz')).toEqual([])
  expect(await subscriptions.remove('fritz', `${service.origin}/shared`)).toBe(false)
  expect(await subscriptions.remove('greta', `${service.origin}/shared`)).toBe(true)
})

test('of many subscriptions the newest ten are kept', async () => {
  for (let i = 0; i < 12; i++) await subscribe('hugo', `/h${i}`, new Date(now.getTime() + i))
  const kept = await endpointsOf('hugo')
  expect(kept).toHaveLength(10)
  expect(kept).not.toContain(`${service.origin}/h1`)
})
