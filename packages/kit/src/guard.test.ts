import { expect, it, onTestFinished, vi } from 'vitest'
import { createGuard, NotTakenIn } from './guard.ts'
import { eventually } from './testing.ts'

const fail = async () => {
  throw new Error('away')
}

const named = { callee: 'payment', calls: 'approvals' }

/** A guard that has opened. */
async function opened({ retryAfterMs }: { retryAfterMs: number }) {
  const guard = createGuard({
    ...named,
    concurrent: 10,
    retryAfterMs,
    isFailure: (error) => !(error instanceof No),
  })
  await eventually(async () => {
    await guard.run(fail).catch(() => undefined)
    return guard.refusesFor() !== null
  })
  return guard
}

/** A guard that has opened, at the moment when it lets a call through to try. */
async function halfOpen() {
  const guard = await opened({ retryAfterMs: 30 })
  await eventually(() => guard.refusesFor() === null)
  return guard
}

/** An answer of the other side's domain. */
class No extends Error {}

it('lets a call try whether the other side is back, and refuses all others at once meanwhile', async () => {
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

it('lets one of all who ask at the door prepare a trial, and keeps the place for that one', async () => {
  const guard = await opened({ retryAfterMs: 1_000 })
  await eventually(() => guard.refusesFor() === null)
  expect([guard.refusesFor(), guard.refusesFor()]).toEqual([1, 1])
  expect(await guard.run(async () => 'back')).toBe('back')
  expect([guard.refusesFor(), guard.refusesFor()]).toEqual([null, null])
})

it('lets others in where whoever was let in before never comes', async () => {
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  onTestFinished(() => clock.mockRestore())
  const guard = createGuard({ ...named, concurrent: 10, retryAfterMs: 10_000, isFailure: () => true })
  for (let call = 0; call < 10; call += 1) await guard.run(fail).catch(() => undefined)
  expect(guard.refusesFor()).toBe(10)
  now = 10_000
  expect([guard.refusesFor(), guard.refusesFor()]).toEqual([null, 1])
  now = 11_000
  expect(guard.refusesFor()).toBeNull()
  await expect(guard.run(fail)).rejects.toThrow('away')
  now = 20_999
  expect(guard.refusesFor()).toBe(1)
})

it('stays open where the trial fails', async () => {
  const guard = await halfOpen()
  await expect(guard.run(fail)).rejects.toThrow('away')
  expect(guard.refusesFor()).toBe(1)
  await expect(guard.run(async () => 'too early')).rejects.toThrow(NotTakenIn)
})

it('takes calls in again while an earlier trial still waits for its answer', async () => {
  const guard = await halfOpen()
  const late = Promise.withResolvers<never>()
  const trial = guard.run(() => late.promise)
  await eventually(() => guard.refusesFor() === null)
  expect(await guard.run(async () => 'back')).toBe('back')
  late.reject(new Error('much too late'))
  await expect(trial).rejects.toThrow('much too late')
  expect(guard.refusesFor()).toBeNull()
})

it('is closed by a trial that is told "no": that is an answer', async () => {
  const guard = await halfOpen()
  const no = guard.run(async () => Promise.reject(new No()))
  await expect(no).rejects.toThrow(No)
  expect(guard.refusesFor()).toBeNull()
})

it('is not closed by the answer to a call of the time before it opened', async () => {
  const guard = createGuard({ ...named, concurrent: 10, retryAfterMs: 60_000, isFailure: () => true })
  const early = Promise.withResolvers<string>()
  const call = guard.run(() => early.promise)
  await eventually(async () => {
    await guard.run(fail).catch(() => undefined)
    return guard.refusesFor() !== null
  })
  early.resolve('from before')
  expect(await call).toBe('from before')
  expect(guard.refusesFor()).toBe(60)
})

it('refuses what is more than its limit', async () => {
  const guard = createGuard({ ...named, concurrent: 1, retryAfterMs: 30, isFailure: () => true })
  const answer = Promise.withResolvers<string>()
  const call = guard.run(() => answer.promise)
  expect(guard.refusesFor()).toBe(1)
  await expect(guard.run(async () => 'one too many')).rejects.toThrow(NotTakenIn)
  answer.resolve('done')
  expect(await call).toBe('done')
})
