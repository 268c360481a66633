import { randomUUID } from 'node:crypto'
import { Booked } from '@myhotel/contracts/book'
import { announcement } from '@myhotel/contracts/event'
import { ComplaintFiled } from '@myhotel/contracts/servicecenter'
import { type Bus, createBus, type Envelope } from '@myhotel/kit/bus'
import {
  asEvent,
  createTestDatabase,
  createTestIdentities,
  eventually,
  testService,
} from '@myhotel/kit/testing'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import webPush from 'web-push'
import { bookingOf, browserAt, silent, startMailCatcher, startPushService } from './adapters/testing.ts'

type Answer = { data: Record<string, unknown>; errors?: { extensions: { code: string } }[] }

const vapid = webPush.generateVAPIDKeys()
let identities: Awaited<ReturnType<typeof createTestIdentities>>
let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let catcher: Awaited<ReturnType<typeof startMailCatcher>>
let pushService: Awaited<ReturnType<typeof startPushService>>
let service: TestProcess
let bus: Bus

beforeAll(async () => {
  identities = await createTestIdentities('router')
  postgres = await createTestDatabase('notification')
  catcher = await startMailCatcher()
  pushService = await startPushService()
  bus = createBus({ url: testService('NATS'), replicas: 1, name: 'test', log: silent })
  await bus.start?.({ check: async () => ({ ready: true, parts: {} }) })
  service = await startProcess('subgraphs/notification/src/main.ts', {
    NOTIFICATION_DATABASE_URL: postgres.url,
    NATS_URL: testService('NATS'),
    SMTP_URL: catcher.smtpUrl,
    IDENTITY_KEYS: identities.keys,
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
    VAPID_SUBJECT: 'mailto:hotel@myhotel.example',
    PUSH_SERVICES: pushService.origin,
  })
})
afterAll(async () => {
  await service?.stop()
  await bus?.stop?.()
  await pushService?.stop()
  await catcher?.stop()
  await postgres?.drop()
})

/** Asks the service as a user, through the router's identity; null is an anonymous visitor. */
async function ask(subject: string | null, query: string, variables: object = {}) {
  const roles = subject ? ['guest'] : []
  const token = await identities.signer('router')('notification', { subject, roles })
  const response = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
  return { answer: (await response.json()) as Answer, wrote: response.headers.get('x-wrote') }
}

const mine = `{ myNotifications { edges { node { id kind title bookingId readAt channels } } pageInfo { hasNextPage } } }`
type Mine = {
  edges: { node: { id: string; kind: string; readAt: string | null; channels: string[] } }[]
}
const notificationsOf = async (user: string) =>
  ((await ask(user, mine)).answer.data.myNotifications as Mine).edges.map(({ node }) => node)

test('a booking reaches guest and host by all channels, is read, and all of it is announced', async () => {
  const id = randomUUID()
  const [guest, host] = [`guest-${id}`, `host-${id}`]
  const endpoint = `${pushService.origin}/${id}`
  const subscribed = await ask(
    guest,
    `mutation ($input: PushSubscriptionInput!) { subscribeToPush(input: $input) { __typename } }`,
    { input: browserAt(endpoint) },
  )
  expect(subscribed.answer.data.subscribeToPush).toEqual({ __typename: 'PushSubscribed' })

  const event = asEvent(announcement(Booked, id, 1, bookingOf(id, guest, host)))
  await bus.publish(event)
  await bus.publish(event)
  await eventually(async () => {
    expect(await catcher.mailTo(`${guest}@myhotel.example`)).toHaveLength(1)
    expect(await catcher.mailTo(`${host}@myhotel.example`)).toHaveLength(1)
    expect(pushService.received.filter(({ path }) => path === `/${id}`)).toHaveLength(1)
    expect(await notificationsOf(guest)).toEqual([
      expect.objectContaining({
        kind: 'BOOKED',
        title: 'You are booked: Casa Azul',
        bookingId: id,
        readAt: null,
        channels: ['IN_APP', 'EMAIL', 'PUSH'],
      }),
    ])
    return true
  })
  const [told] = await notificationsOf(guest)
  const markRead = `mutation ($ids: [ID!]!) { markNotificationsRead(ids: $ids) }`
  const ids = [told!.id]
  expect((await ask(host, markRead, { ids })).answer.data.markNotificationsRead).toBe(0)
  const marked = await ask(guest, markRead, { ids })
  expect(marked.answer.data.markNotificationsRead).toBe(1)
  expect(marked.wrote).toBe(`notification.${told!.id}:2`)
  expect((await ask(guest, markRead, { ids })).answer.data.markNotificationsRead).toBe(0)
  expect((await notificationsOf(guest))[0]?.readAt).not.toBeNull()

  await eventually(async () => {
    const seen: Envelope[] = []
    await bus.replay('notification', ({ envelope }) => {
      if (envelope?.aggregateId === told!.id) seen.push(envelope)
    })
    expect(seen.map(({ type, version }) => [type, version])).toEqual([
      ['NotificationSent', 1],
      ['NotificationRead', 2],
    ])
    expect(seen[0]).toMatchObject({
      correlationId: event.correlationId,
      data: { recipientId: guest, kind: 'BOOKED' },
    })
    return true
  })
})

test('push that fails holds up neither mail nor the inbox, and arrives after its recovery', async () => {
  const id = randomUUID()
  const guest = `guest-${id}`
  pushService.answer.set(`/${id}`, 503)
  const mutation = `mutation ($input: PushSubscriptionInput!) { subscribeToPush(input: $input) { __typename } }`
  await ask(guest, mutation, { input: browserAt(`${pushService.origin}/${id}`) })
  await bus.publish(asEvent(announcement(Booked, id, 1, bookingOf(id, guest, `host-${id}`))))
  const channels = async () => (await notificationsOf(guest))[0]?.channels.join()
  await eventually(async () => (await channels()) === 'IN_APP,EMAIL')
  await eventually(() => pushService.received.some(({ path }) => path === `/${id}`))
  pushService.answer.delete(`/${id}`)
  await eventually(async () => (await channels()) === 'IN_APP,EMAIL,PUSH')
})

test('a complaint is confirmed', async () => {
  const id = randomUUID()
  const complaint = {
    complaintId: id,
    guestId: `guest-${id}`,
    bookingId: null,
    roomId: null,
    text: '' as const,
  }
  const filedAt = '2027-02-28T12:00:00.000Z'
  await bus.publish(asEvent(announcement(ComplaintFiled, id, 1, { ...complaint, filedAt })))
  await eventually(async () =>
    expect((await notificationsOf(`guest-${id}`)).map(({ kind }) => kind)).toEqual(['COMPLAINT_FILED']),
  )
})

test('visitors have no notifications, and nobody but the router is believed', async () => {
  const { answer } = await ask(null, mine)
  expect(answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
  expect((await ask(null, '{ pushKey }')).answer.data.pushKey).toBe(vapid.publicKey)
  const forged = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-id': 'guest1' },
    body: JSON.stringify({ query: mine }),
  })
  expect(forged.status).toBe(401)
})

test('bad input is refused with a code', async () => {
  const refused = async (query: string, variables?: object) =>
    (await ask('guest1', query, variables)).answer.errors?.[0]?.extensions.code
  expect(await refused('{ myNotifications(first: 101) { edges { cursor } } }')).toBe('BAD_USER_INPUT')
  expect(await refused('{ myNotifications(after: "WyJ4Il0") { edges { cursor } } }')).toBe('BAD_USER_INPUT')
  const ids = Array.from({ length: 101 }, () => randomUUID())
  expect(await refused('mutation ($ids: [ID!]!) { markNotificationsRead(ids: $ids) }', { ids })).toBe(
    'BAD_USER_INPUT',
  )
  const { answer } = await ask(
    'guest1',
    `mutation ($input: PushSubscriptionInput!) {
       subscribeToPush(input: $input) { __typename ... on InvalidInput { code field } }
     }`,
    { input: browserAt('http://169.254.169.254/latest/meta-data') },
  )
  expect(answer.data.subscribeToPush).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    field: 'endpoint',
  })
})

test('the service is alive and ready', async () => {
  expect((await fetch(`${service.managementUrl}/livez`)).status).toBe(200)
  const ready = await fetch(`${service.managementUrl}/readyz`)
  expect([ready.status, await ready.json()]).toMatchObject([200, { parts: { database: 'ok' } }])
})
