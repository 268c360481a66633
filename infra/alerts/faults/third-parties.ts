import { randomUUID } from 'node:crypto'
import { BookCounted } from '@myhotel/contracts/marketing'
import { createBus } from '@myhotel/kit/bus'
import { createLogger } from '@myhotel/kit/logger'
import { withClient } from '@myhotel/kit/postgres'
import { connectRedis, createRedis } from '@myhotel/kit/redis'
import type { System } from '../../../tools/system/index.ts'
import type { Fault } from './fault.ts'

const provider = (system: System) => system.url('payment-provider')

async function call<Answer>(url: string, method: string, body?: object, more = {}): Promise<Answer> {
  const headers = { ...(body && { 'content-type': 'application/json' }), ...more }
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

export const thirdPartyFaults = {
  silent: {
    what: 'The payment provider answers nothing any more, while guests book and cancel',
    alerts: ['ChargesUnknown', 'BreakerOpen', 'BookingsFailFast', 'BookingsFailSlowly', 'RefundsStandStill'],
    async inject({ system, traffic }) {
      const booked = await traffic.book()
      const operations = ['pay', 'refund', 'query', 'close']
      await call(`${provider(system)}/control`, 'PUT', { hold: 'work', operations })
      await traffic.cancel(booked)
      return async () => void (await call(`${provider(system)}/control`, 'DELETE'))
    },
  },
  refund: {
    what: 'A guest cancels whose money was given back by hand at the provider: it refuses the refund',
    alerts: ['RefundRefused'],
    async inject({ system, traffic }) {
      const booked = await traffic.book()
      type Found = { id: string; amount: number }
      const { id, amount } = await call<Found>(`${provider(system)}/v1/payments?key=${booked}`, 'GET')
      const key = { 'idempotency-key': randomUUID() }
      await call(`${provider(system)}/v1/payments/${id}/refunds`, 'POST', { amount }, key)
      await traffic.cancel(booked)
      const settled = `DELETE FROM dead_letter WHERE consumer = 'refunds'`
      return async () =>
        void (await withClient(system.databaseUrl('payment'), (client) => client.query(settled)))
    },
  },
  event: {
    what: 'Somebody publishes an event that does not fit its contract',
    alerts: ['DeadLetters'],
    async inject({ system }) {
      const bus = createBus({
        url: system.record.nats,
        name: 'somebody',
        log: createLogger('alerts', 'silent'),
      })
      const aggregateId = randomUUID()
      const { context, type, version: schemaVersion } = BookCounted
      await bus.publish({
        ...{ id: `${context}.${aggregateId}:1`, context, aggregateId, version: 1, type, schemaVersion },
        ...{
          time: new Date().toISOString(),
          correlationId: 'alerts',
          traceparent: '',
          data: { rooms: 'all' },
        },
      })
      await bus.stop?.()
      return async () => {
        const seenTo = `DELETE FROM dead_letter WHERE consumer = 'room'`
        await withClient(system.databaseUrl('room'), (client) => client.query(seenTo))
        const redis = createRedis(system.record.redis, {})
        await connectRedis(redis)
        await redis.del('mypage:dead-letters')
        redis.disconnect()
      }
    },
  },
} satisfies Record<string, Fault>
