import { createTestLog } from '@myhotel/kit/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRateLimits, rateHeaders } from './rate-limits.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const limits = (settings: Partial<Parameters<typeof createRateLimits>[0]> = {}) =>
  createRateLimits({
    redisUrl: undefined,
    windowSeconds: 60,
    perUser: 10,
    perAddress: 3,
    mutations: 2,
    log: createTestLog().log,
    ...settings,
  })

test('a client is counted by its policy until the window ends', async () => {
  const rates = limits()
  for (let left = 9; left >= 0; left -= 1) {
    expect(await rates.requests('user:guest1')).toMatchObject({
      policy: 'user',
      remaining: left,
      exceeded: false,
    })
  }
  vi.advanceTimersByTime(20_000)
  const refused = await rates.requests('user:guest1')
  expect(refused).toMatchObject({ remaining: 0, exceeded: true })
  expect(refused && rateHeaders([refused])).toEqual({
    ratelimit: '"user";r=0;t=40',
    'ratelimit-policy': '"user";q=10;w=60',
  })
  expect(await rates.requests('user:guest2'), 'others are not concerned').toMatchObject({ remaining: 9 })
  expect(await rates.requests('address:192.0.2.1')).toMatchObject({ policy: 'address', remaining: 2 })
  vi.advanceTimersByTime(40_001)
  expect(await rates.requests('user:guest1')).toMatchObject({ remaining: 9, exceeded: false })
})

test('mutations have a limit of their own, and several in one operation count as several', async () => {
  const rates = limits()
  expect(await rates.mutations('user:guest1', 1)).toMatchObject({ policy: 'mutations', remaining: 1 })
  expect(await rates.mutations('user:guest1', 2)).toMatchObject({ exceeded: true })
  expect(await rates.mutations('user:guest2', 3)).toMatchObject({ exceeded: true })
  expect(await rates.requests('user:guest1')).toMatchObject({ exceeded: false })
})

test('nought is no limit', async () => {
  const rates = limits({ perUser: 0, mutations: 0 })
  expect(rates.requests('user:guest1')).toBe(null)
  expect(rates.mutations('user:guest1', 1000)).toBe(null)
})

test('far from its limit a client is counted without asking, and never let through beyond it', async () => {
  const rates = limits({ perUser: 1_000 })
  let asked = 0
  let letIn = 0
  for (let i = 0; i < 1_500; i += 1) {
    const counted = rates.requests('user:guest1')
    if (counted instanceof Promise) asked += 1
    if (!(await counted)?.exceeded) letIn += 1
  }
  expect(letIn).toBe(1_000)
  expect(asked).toBeLessThan(150)
})

test('requests that come at once are counted one by one', async () => {
  const rates = limits()
  const all = await Promise.all(Array.from({ length: 30 }, () => rates.requests('user:guest1')))
  expect(all.filter((quota) => !quota?.exceeded)).toHaveLength(10)
})
