import { expect, it, vi } from 'vitest'
import type { Part } from './service.ts'
import { createTestLog } from './testing.ts'
import { whileLeading } from './while-leading.ts'

const health = { check: async () => ({ ready: true, parts: {} }) }
const { log } = createTestLog()

/** A relay that leads or not, as it is told, and a part that says whether it runs. */
function world() {
  let term: AbortController | undefined
  let asked = 0
  const running = { times: 0, now: false }
  const make = (): Part => ({
    name: 'events',
    async start() {
      running.times += 1
      running.now = true
    },
    async stop() {
      running.now = false
    },
  })
  const leading = () => {
    asked += 1
    return term?.signal
  }
  const part = whileLeading({ leading }, log, make)
  return {
    part,
    running,
    asked: () => asked,
    lead() {
      term = new AbortController()
    },
    lose() {
      term?.abort()
      term = undefined
    },
  }
}

it('runs while its replica leads, each time anew, and not otherwise', async () => {
  const { part, running, asked, lead, lose } = world()
  await part.start?.(health)
  await vi.waitFor(() => expect(asked()).toBeGreaterThan(2), { timeout: 120_000 })
  expect(running.times).toBe(0)
  for (const times of [1, 2]) {
    lead()
    await vi.waitFor(() => expect(running).toEqual({ times, now: true }), { timeout: 120_000 })
    lose()
    await vi.waitFor(() => expect(running.now).toBe(false), { timeout: 120_000 })
  }
  await part.stop?.()
})

it('ends with its service', async () => {
  const { part, running, lead } = world()
  lead()
  await part.start?.(health)
  await vi.waitFor(() => expect(running.now).toBe(true), { timeout: 120_000 })
  await part.stop?.()
  expect(running.now).toBe(false)
})
