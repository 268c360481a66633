import { eventually } from '@myhotel/kit/testing'
import { afterEach, expect, test } from 'vitest'
import { type Breaker, createBreaker, NotAsked } from './breaker.ts'

class Late extends Error {}
class Broken extends Error {}

const breakers: Breaker[] = []
afterEach(() => {
  for (const breaker of breakers.splice(0)) breaker.stop()
})

/** A breaker, whether its process looks well, and what it told. */
function start() {
  const state = { looksWell: false, looks: 0, opened: 0, closedAfter: [] as number[] }
  const breaker = createBreaker({
    ...{ callee: 'room', calls: 'long' },
    blameFor: (error) => (error instanceof Late ? 'silent' : error instanceof Broken ? 'failed' : 'none'),
    isFailure: (answer) => answer === 500,
    isThere: async () => {
      state.looks += 1
      return state.looksWell
    },
    onOpen: () => {
      state.opened += 1
    },
    onClosed: (notMade) => state.closedAfter.push(notMade),
  })
  breakers.push(breaker)
  const fail = (error: Error) =>
    expect(breaker.run(() => Promise.reject(error))).rejects.toThrow(error.constructor as typeof Error)
  return { breaker, state, fail }
}

test('is open after one call that was waited for in vain, and refuses all others without making them', async () => {
  const { breaker, state, fail } = start()
  await fail(new Late())
  expect([breaker.admits(), state.opened]).toEqual([false, 1])
  let made = 0
  const call = async () => {
    made += 1
  }
  for (let i = 0; i < 5; i += 1) await expect(breaker.run(call)).rejects.toThrow(NotAsked)
  expect(made).toBe(0)
})

test('is open after three failures in a row, of calls and by answers, and not after as many between others', async () => {
  const { breaker, fail } = start()
  const answer = (status: number) => breaker.run(async () => status)
  for (const step of [500, 500, 200, 500, 500, 200]) expect(await answer(step)).toBe(step)
  await fail(new Broken())
  expect(await answer(500)).toBe(500)
  expect(breaker.admits()).toBe(true)
  await fail(new Broken())
  expect(breaker.admits()).toBe(false)
})

test('does not count what says nothing of the process', async () => {
  const { breaker, fail } = start()
  for (let i = 0; i < 10; i += 1) await fail(new RangeError('the client has gone'))
  expect(breaker.admits()).toBe(true)
})

test('one call that takes too long while others are answered says nothing', async () => {
  const { breaker } = start()
  for (let i = 0; i < 10; i += 1) {
    const slow = Promise.withResolvers<void>()
    const asked = breaker.run(() => slow.promise)
    await breaker.run(async () => 'answered')
    slow.reject(new Late())
    await expect(asked).rejects.toThrow(Late)
    await breaker.run(async () => 'answered')
  }
  expect(breaker.admits()).toBe(true)
})

test('looks for itself; when the process is back one call tries, and the others follow', async () => {
  const { breaker, state, fail } = start()
  await fail(new Late())
  await eventually(() => state.looks >= 2)
  expect(breaker.admits(), 'while it looks as if it were away').toBe(false)
  state.looksWell = true
  await eventually(() => breaker.admits())

  const answer = Promise.withResolvers<string>()
  const trial = await eventually(() => {
    const asked = breaker.run(() => answer.promise)
    asked.catch(() => undefined)
    return breaker.admits() ? undefined : { asked }
  })
  for (let i = 0; i < 3; i += 1) await expect(breaker.run(async () => 'too early')).rejects.toThrow(NotAsked)
  answer.resolve('back')
  expect(await trial.asked).toBe('back')
  expect(await breaker.run(async () => 'as before')).toBe('as before')
  expect([state.opened, state.closedAfter.length]).toEqual([1, 1])
  expect(state.closedAfter[0]).toBeGreaterThanOrEqual(3)
})

test('stays open where the trial fails, and tells it once', async () => {
  const { breaker, state, fail } = start()
  state.looksWell = true
  await fail(new Late())
  for (let i = 0; i < 2; i += 1) {
    await eventually(async () => {
      const failure = await breaker.run(() => Promise.reject(new Broken())).catch((error: unknown) => error)
      return failure instanceof Broken
    })
    expect(breaker.admits()).toBe(false)
  }
  expect([state.opened, state.closedAfter]).toEqual([1, []])
})
