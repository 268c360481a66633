import { expect, it } from 'vitest'
import { createGuard, NotTakenIn } from './guard.ts'
import { eventually } from './testing.ts'

const fail = async () => {
  throw new Error('away')
}

/** A guard that has opened, at the moment when it lets one call through to try. */
async function halfOpen() {
  const guard = createGuard({ concurrent: 10, retryAfterMs: 30, isFailure: () => true })
  await eventually(async () => {
    await guard.run(fail).catch(() => undefined)
    return guard.refusesFor() !== null
  })
  await eventually(() => guard.refusesFor() === null)
  return guard
}

it('lets one call try whether the other side is back, and refuses all others at once meanwhile', async () => {
  const guard = await halfOpen()
  const answer = Promise.withResolvers<string>()
  const trial = guard.run(() => answer.promise)
  expect(guard.refusesFor()).toBe(1)
  await expect(guard.run(async () => 'too early')).rejects.toThrow(NotTakenIn)
  answer.resolve('back')
  expect(await trial).toBe('back')
  expect(guard.refusesFor()).toBeNull()
  expect(await guard.run(async () => 'as before')).toBe('as before')
})

it('stays open where the trial fails', async () => {
  const guard = await halfOpen()
  await expect(guard.run(fail)).rejects.toThrow('away')
  expect(guard.refusesFor()).toBe(1)
  await expect(guard.run(async () => 'too early')).rejects.toThrow(NotTakenIn)
})
