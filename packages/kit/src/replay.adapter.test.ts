import { randomUUID } from 'node:crypto'
import { connect } from 'nats'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Bus, createBus, type Envelope } from './bus.ts'
import { streamOf } from './jetstream.ts'
import { natsOptions } from './nats-options.ts'
import { createTestLog, testService } from './testing.ts'

const stored = 2_300
let bus: Bus

beforeAll(async () => {
  bus = createBus({ url: testService('NATS'), replicas: 1, name: 'replay test', log: createTestLog().log })
  await bus.start?.({ check: async () => ({ ready: true, parts: {} }) })
})
afterAll(() => bus.stop?.())

async function aContext(events: number): Promise<string> {
  const context = `r${randomUUID().slice(0, 8)}`
  const event = (version: number): Envelope => ({
    ...{ id: `${context}.one:${version}`, context, aggregateId: 'one', version, type: 'Counted' },
    ...{ schemaVersion: 1, time: new Date().toISOString(), correlationId: 'test', traceparent: '', data: {} },
  })
  for (let version = 1; version <= events; version++) await bus.publish(event(version))
  return context
}

const deleteStream = async (context: string) => {
  const nats = await connect(natsOptions(testService('NATS')))
  await (await nats.jetstreamManager()).streams.delete(streamOf(context))
  await nats.close()
}

it('hands over all that is stored, in order, and says how much is left', async () => {
  const context = await aContext(stored)
  const seen: number[] = []
  const next = await bus.replay(context, ({ envelope, sequence, pending }) => {
    expect(envelope?.version).toBe(sequence)
    expect(pending).toBe(stored - sequence)
    seen.push(sequence)
  })
  expect(seen).toEqual(Array.from({ length: stored }, (_, index) => index + 1))
  expect(next).toBe(stored + 1)
  expect(await bus.replay(context, () => expect.unreachable(), next)).toBe(next)
  const tail: number[] = []
  await bus.replay(context, ({ sequence }) => void tail.push(sequence), stored - 1)
  expect(tail).toEqual([stored - 1, stored])
  await deleteStream(context)
})

it('ends when the stream is lost meanwhile', async () => {
  const context = await aContext(1_200)
  const replay = bus.replay(context, async ({ sequence }) => {
    if (sequence === 1_000) await deleteStream(context)
  })
  await expect(replay).rejects.toThrow('stream not found')
})
