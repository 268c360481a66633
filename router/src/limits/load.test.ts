import type { RequestListener } from 'node:http'
import { answer } from '@myhotel/kit/http'
import { createTestLog, eventually } from '@myhotel/kit/testing'
import { afterEach, expect, test } from 'vitest'
import { hotel } from '../fixture.ts'
import { createCleanup, startRouter } from '../testing.ts'
import { createLoad } from './load.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

test('what is more than the router holds is turned away at once, and let in again when there is room', async () => {
  const waiting: (() => void)[] = []
  const slow: RequestListener = (_, response) => {
    waiting.push(() => answer(response, 200, { data: { slow: 'done' } }))
  }
  const subgraphs = { ...hotel(), slow: { schema: 'type Query { slow: String }', listener: slow } }
  const { ask } = await startRouter(cleanup, subgraphs, { MAX_REQUESTS_IN_FLIGHT: '3' })

  const taken = [ask('{ slow }'), ask('{ slow }'), ask('{ slow }')]
  await eventually(() => waiting.length === 3)
  const refused = await ask('{ room(id: "r1") { name } }')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
  expect(refused.errors?.[0]?.extensions).toEqual({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 })

  for (const respond of waiting) respond()
  for (const one of taken) expect(await one).toMatchObject({ status: 200, data: { slow: 'done' } })
  await eventually(async () => (await ask('{ room(id: "r1") { name } }')).status === 200)
})

test('an event loop that comes round late turns requests away until it has caught up', async () => {
  const { log, lines } = createTestLog()
  const load = createLoad({ maxInFlight: 1_000, maxDelayMs: 50, log })
  await load.start?.({ check: async () => ({ ready: true, parts: {} }) })
  cleanup.add(async () => load.stop?.())
  const blocked = () => {
    const until = performance.now() + 200
    while (performance.now() < until);
    return !load.enter()
  }
  expect(load.enter()).toBe(true)
  await eventually(blocked, { everyMs: 0 })
  await eventually(() => load.enter())
  expect(lines[0]).toMatchObject({ msg: 'too much to do', late: true, turnedAway: expect.any(Number) })
})
