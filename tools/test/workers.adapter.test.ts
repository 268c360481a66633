import { randomUUID } from 'node:crypto'
import { createBus, type Envelope } from '@myhotel/kit/bus'
import { createLogger } from '@myhotel/kit/logger'
import { testService } from '@myhotel/kit/testing'
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => vi.unstubAllEnvs())

/** A bus as a file of tests has it that runs in this worker of Vitest's. */
function busOf(worker: number) {
  vi.stubEnv('VITEST_POOL_ID', String(worker))
  const log = createLogger('test', 'silent')
  return createBus({ url: testService('NATS'), replicas: 1, name: `worker ${worker}`, log })
}

const aggregateIdsIn = async (bus: ReturnType<typeof busOf>, context: string) => {
  const ids: unknown[] = []
  await bus.replay(context, ({ envelope }) => {
    ids.push(envelope?.aggregateId)
  })
  return ids
}

it('events of one file of tests reach none that runs beside it', async () => {
  const context = `apart${randomUUID().slice(0, 8)}`
  const event = (aggregateId: string): Envelope => ({
    ...{
      id: `${context}.${aggregateId}:1`,
      context,
      aggregateId,
      version: 1,
      type: 'Said',
      schemaVersion: 1,
    },
    ...{ time: new Date().toISOString(), correlationId: 'test', traceparent: '', data: {} },
  })
  const one = busOf(1)
  const other = busOf(2)
  try {
    await one.publish(event('one'))
    await other.publish(event('other'))
    expect(await aggregateIdsIn(one, context)).toEqual(['one'])
    expect(await aggregateIdsIn(other, context)).toEqual(['other'])
  } finally {
    for (const bus of [one, other]) {
      await bus.remove(context).catch(() => undefined)
      await bus.stop?.()
    }
  }
})
