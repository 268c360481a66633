import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { newCorrelation } from '@myhotel/kit/context'
import { createTestDatabase, testService } from '@myhotel/kit/testing'
import { accessMatrix, callers, meaning, services } from '@myhotel/kit/testing/access-matrix'
import { startSubgraph, type TestCaller } from '@myhotel/kit/testing-subgraph'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import webPush from 'web-push'
import { openDatabase } from './adapters/database.ts'
import { policy } from './adapters/policy.ts'
import { outgoing } from './adapters/prisma-notifications.ts'
import { browserAt, messageTo, silent } from './adapters/testing.ts'
import { compose } from './compose.ts'

const run = randomUUID()
const pushService = 'https://push.example'
let notification: Awaited<ReturnType<typeof startSubgraph>>
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase('notification')
  const own = {
    ...{ NATS_URL: testService('NATS'), NATS_REPLICAS: 1, NOTIFICATION_DATABASE_URL: database.url },
    // No mail server is there: what is told in the app does not wait for one.
    ...{ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_CONNECTIONS: 1, MAIL_FROM: 'hotel@myhotel.example' },
    ...{ MAIL_ADDRESS_TEMPLATE: '{user}@myhotel.example', PUSH_SERVICES: [pushService] },
    vapid: { ...webPush.generateVAPIDKeys(), subject: 'mailto:hotel@myhotel.example' },
  }
  notification = await startSubgraph('notification', (env) => compose({ ...env, ...own }, silent), services)
  const { database: opened, part } = openDatabase(database.url, 1)
  const told = { eventId: 'book.1:1', messages: [messageTo(`guest1 of ${run}`)], under: newCorrelation() }
  await opened.$transaction((tx) => outgoing(tx, []).send([told], new Date()))
  await part.stop?.()
})
afterAll(async () => {
  await notification?.stop()
  await database?.drop()
})

/** Users whom no other test tells anything. */
const ofThisTest = (caller: TestCaller | undefined) =>
  caller && 'user' in caller ? { ...caller, user: `${caller.user} of ${run}` } : caller

describe('who may call and see what', () => {
  const matrix = accessMatrix({
    policies: [policy],
    schema: parse(readFileSync(`${import.meta.dirname}/../schema.graphql`, 'utf8')),
    meaning: { 'its recipient': meaning['its guest'] ?? [] },
    questions: {
      'Query.myNotifications': () => ({ query: '{ asked: myNotifications { __typename } }' }),
      'Query.pushKey': () => ({ query: '{ asked: pushKey }' }),
      'Mutation.markNotificationsRead': () => ({
        query: 'mutation { asked: markNotificationsRead(ids: []) }',
      }),
      'Mutation.subscribeToPush': () => ({
        query:
          'mutation ($input: PushSubscriptionInput!) { asked: subscribeToPush(input: $input) { __typename } }',
        variables: { input: browserAt(`${pushService}/1`) },
      }),
      'Mutation.unsubscribeFromPush': () => ({
        query: `mutation { asked: unsubscribeFromPush(endpoint: "${pushService}/2") }`,
      }),
      Notification: () => ({
        query: '{ myNotifications { edges { node { FIELD } } } }',
        through: 'Query.myNotifications',
      }),
    },
    ask: ({ query, variables }, caller) => notification.ask(query, variables, ofThisTest(callers[caller])),
  })
  it.each(matrix)('%s', async (_, attempt) => {
    const { actual, expected } = await attempt()
    expect(actual).toEqual(expected)
  })
})
