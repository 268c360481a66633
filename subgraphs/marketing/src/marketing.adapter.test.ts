import { randomUUID as uuid } from 'node:crypto'
import { announcement } from '@myhotel/contracts/event'
import { PaymentApproved } from '@myhotel/contracts/payment'
import { type Bus, createBus } from '@myhotel/kit/bus'
import { createLogger } from '@myhotel/kit/logger'
import { asEvent, createTestDatabase, eventually, testService } from '@myhotel/kit/testing'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compose } from './compose.ts'

const log = createLogger('marketing', 'silent')
const NATS_URL = testService('NATS')
let bus: Bus
let marketing: Awaited<ReturnType<typeof startSubgraph>>
let dropDatabase: () => Promise<void>

beforeAll(async () => {
  const database = await createTestDatabase('marketing')
  dropDatabase = database.drop
  marketing = await startSubgraph('marketing', (env) =>
    compose({ ...env, NATS_URL, NATS_REPLICAS: 1, MARKETING_DATABASE_URL: database.url }, log),
  )
  bus = createBus({ url: NATS_URL, replicas: 1, name: 'test', log })
})

afterAll(async () => {
  await bus.stop?.()
  await marketing.stop()
  await dropDatabase()
})

async function popularityOf(...ids: string[]) {
  const representations = ids.map((id) => ({ __typename: 'Room', id }))
  const { data } = await marketing.ask<{ _entities: { popularity: number }[] }>(
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Room { popularity } } }',
    { representations },
  )
  return data!._entities.map(({ popularity }) => popularity)
}

it('counts what payment announces, tells it to whoever asks, and announces it', async () => {
  const [roomId, paymentId] = [uuid(), uuid()]
  const paid = { paymentId, bookingId: uuid(), roomId, guestId: 'guest1', hostId: 'host1' }
  const amount = { amount: 1, currency: 'JPY' }
  const approved = announcement(PaymentApproved, paymentId, 1, {
    ...paid,
    amount,
    approvedAt: new Date().toISOString(),
  })
  expect(await popularityOf(roomId)).toEqual([0])
  await bus.publish(asEvent(approved))
  await eventually(
    async () => expect(await popularityOf(roomId, uuid(), 'no room')).toEqual([1, 0, 0]) ?? true,
  )
  const announced: unknown[] = []
  await eventually(async () => {
    await bus.replay('marketing', ({ envelope }) => {
      if (envelope?.aggregateId === roomId) announced.push(envelope)
    })
    return announced.length > 0
  })
  expect(announced[0]).toMatchObject({
    id: `marketing.${roomId}:1`,
    type: 'BookCounted',
    correlationId: 'test',
    data: { roomId, popularity: 1 },
  })
})

it('answers only those who come through the router or are a service', async () => {
  const response = await fetch(`${marketing.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-id': 'agent1' },
    body: JSON.stringify({ query: '{ __typename }' }),
  })
  expect(response.status).toBe(401)
})
