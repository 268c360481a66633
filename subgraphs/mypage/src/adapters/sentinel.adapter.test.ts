import { eventually } from '@myhotel/kit/testing'
import { type TestServers, testServers } from '@myhotel/kit/testing/programs'
import { startSentinels } from '@myhotel/kit/testing/sentinels'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRedis, redisPart } from './redis.ts'
import { createPageStore } from './redis-page-store.ts'
import { createPages } from './redis-pages.ts'
import { log } from './testing.ts'

/** A sentinel that gets no processor time for two seconds decides nothing for thirty (its TILT mode). */
const patient = { withinMs: 400_000 }
const health = { check: async () => ({ ready: true, parts: {} }) }
let servers: TestServers
beforeAll(async () => {
  servers = await testServers()
})
afterAll(() => servers.stop())

test('the master is killed: pages are written and read again within seconds', async () => {
  const { url, master } = await startSentinels(servers)
  const [writing, reading] = [
    createRedis(url, { commandTimeoutMs: 20_000 }),
    createRedis(url, { commandTimeoutMs: 2_000 }),
  ]
  const parts = [redisPart('redis', reading, log), redisPart('redis for events', writing, log)]
  for (const part of parts) await part.start?.(health)
  const store = createPageStore(writing)
  const pages = createPages(reading, () => undefined)
  const step = (version: number) => ({
    ...{ aggregate: 'book.a', version, at: version },
    writes: [{ kind: 'put' as const, list: 'all', at: version, id: String(version) }],
  })
  const generation = await eventually(() => store.begin())
  await generation.fill([step(1)])
  await generation.activate()
  expect(await pages.count('all')).toBe(1)
  // Both replicas have it: what follows is about the clients.
  await eventually(async () => (await writing.wait(2, 1_000)) === 2)

  await servers.end(master)
  await eventually(() => store.apply(step(2), true), patient)
  await eventually(async () => (await pages.count('all')) === 2)
  expect(await store.state(), 'My Page sees that it is another server').toMatchObject({ restarted: true })
  for (const part of parts) await part.stop?.()
})
