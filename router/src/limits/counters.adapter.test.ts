import { randomUUID } from 'node:crypto'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createTestLog, eventually, testService } from '@myhotel/kit/testing'
import { afterEach, expect, test } from 'vitest'
import { createCleanup } from '../testing.ts'
import { createRateLimits } from './rate-limits.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

async function startLimits(redisUrl: string, perUser: number) {
  const { log, lines } = createTestLog()
  const rates = createRateLimits({ redisUrl, windowSeconds: 60, perUser, perAddress: 0, mutations: 0, log })
  await rates.start?.({ check: async () => ({ ready: true, parts: {} }) })
  cleanup.add(async () => rates.stop?.())
  return Object.assign(rates, { lines })
}

test('routers count together what they are asked one by one', async () => {
  const [one, other] = [
    await startLimits(testService('REDIS'), 6),
    await startLimits(testService('REDIS'), 6),
  ]
  await one.ready?.()
  const client = `user:${randomUUID()}`
  const remaining: unknown[] = []
  for (const router of [one, other, one, other, one, other, one]) {
    const quota = await router.requests(client)
    remaining.push(quota?.exceeded ? 'refused' : quota?.remaining)
  }
  expect(remaining).toEqual([5, 4, 3, 2, 1, 0, 'refused'])
})

test('far from the limit they tell each other now and then: at most a twentieth too much for each', async () => {
  const [one, other] = [
    await startLimits(testService('REDIS'), 400),
    await startLimits(testService('REDIS'), 400),
  ]
  const client = `user:${randomUUID()}`
  let letIn = 0
  for (let i = 0; i < 500; i += 1) {
    if (!(await one.requests(client))?.exceeded) letIn += 1
    if (!(await other.requests(client))?.exceeded) letIn += 1
  }
  expect(letIn).toBeGreaterThanOrEqual(400)
  expect(letIn).toBeLessThanOrEqual(420)
})

test('without Redis each counts for itself; back, they count together again', async () => {
  const redis = await startRelay()
  const rates = await startLimits(redis.url, 3)
  const client = `user:${randomUUID()}`
  expect(await rates.requests(client)).toMatchObject({ remaining: 2 })

  await redis.stop()
  await eventually(() =>
    rates.ready?.().then(
      () => false,
      () => true,
    ),
  )
  const answers = [await rates.requests(client), await rates.requests(client), await rates.requests(client)]
  expect(answers.map((quota) => quota?.remaining)).toEqual([2, 1, 0])
  expect(await rates.requests(client)).toMatchObject({ exceeded: true })

  await redis.start()
  await eventually(() => rates.ready?.().then(() => true))
  const other = await startLimits(testService('REDIS'), 3)
  const later = `user:${randomUUID()}`
  await eventually(async () => {
    await rates.requests(later)
    return (await other.requests(later))?.exceeded
  })
})

test('Redis that is silent delays a few requests a little, and no more', async () => {
  const redis = await startRelay()
  const rates = await startLimits(redis.url, 1_000)
  await rates.ready?.()
  redis.silence()
  for (let i = 0; i < 200; i += 1) {
    expect(await rates.requests(`user:${i}`)).toMatchObject({ remaining: 999 })
  }
  expect(redis.heard(), 'the others do not ask it, and wait for nothing').toBeLessThan(20)
  expect(rates.lines.map(({ msg }) => msg)).toContain(
    'rate limits: Redis is away, each router counts for itself',
  )
})

/** A way to the real Redis that can be closed, opened again, and left open with nothing coming through. */
async function startRelay() {
  const target = new URL(testService('REDIS'))
  const open = new Set<Socket>()
  let silent = false
  let heard = 0
  const server = createServer((client) => {
    const redis = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, redis],
      [redis, client],
    ] as const) {
      open.add(from)
      from.on('data', (bytes) => {
        if (!silent) return to.write(bytes)
        if (from === client) heard += 1
      })
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = () => {
    for (const socket of open) socket.destroy()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  await listen(0)
  cleanup.add(stop)
  const { port } = server.address() as AddressInfo
  return {
    url: testService('REDIS').replace(target.host, `127.0.0.1:${port}`),
    stop,
    start: () => listen(port),
    silence: () => {
      silent = true
    },
    /** How often something was asked in the silence. */
    heard: () => heard,
  }
}
