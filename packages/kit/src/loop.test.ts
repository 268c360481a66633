import { expect, it } from 'vitest'
import { loop } from './loop.ts'
import { createTestLog } from './testing.ts'

const { log } = createTestLog()

/** A loop whose work is under way; it ends when it is told to. */
async function working() {
  const begun = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  let ended = false
  const worker = loop({
    name: 'worker',
    everyMs: 10,
    log,
    async work() {
      begun.resolve()
      await end.promise
      ended = true
    },
  })
  await worker.start?.({ check: async () => ({ ready: true, parts: {} }) })
  await begun.promise
  return { worker, end: end.resolve, hasEnded: () => ended }
}

it('lets the work under way end when it is stopped', async () => {
  const { worker, end, hasEnded } = await working()
  const stopped = worker.stop?.()
  end()
  await stopped
  expect(hasEnded()).toBe(true)
})

it('does not wait long for work that does not end', async () => {
  const { worker, hasEnded } = await working()
  await worker.stop?.()
  expect(hasEnded()).toBe(false)
})
