import { afterEach, expect, it, vi } from 'vitest'
import { gathered } from './gather.ts'

/** Notes what is worked on together; each round ends when it is told to. */
function createWork(most: number, lanes = 1, waitMs = 0) {
  const rounds: string[][] = []
  const ends: PromiseWithResolvers<void>[] = []
  const ask = gathered<string, string>({
    most,
    lanes,
    waitMs,
    isOfOne: (error) => String(error).includes('one'),
    keyOf: (item) => item.slice(0, 1),
    async work(items) {
      rounds.push([...items])
      const end = Promise.withResolvers<void>()
      ends.push(end)
      await end.promise
      return items.map((item) => item.toUpperCase())
    },
  })
  const next = async () => {
    while (ends.length === 0) await new Promise(setImmediate)
    return ends.shift()!
  }
  return { ask, rounds, next }
}

afterEach(() => void vi.useRealTimers())

it('works together on what comes together, at most so many, and answers each', async () => {
  const { ask, rounds, next } = createWork(2)
  const answers = Promise.all(['a', 'b', 'c'].map(ask))
  ;(await next()).resolve()
  ;(await next()).resolve()
  expect(await answers).toEqual(['A', 'B', 'C'])
  expect(rounds).toEqual([['a', 'b'], ['c']])
})

it('keeps what has one key in order, one at a time, and lets others pass', async () => {
  const { ask, rounds, next } = createWork(9)
  const answers = Promise.all(['a1', 'a2', 'b1', 'a3', 'b2'].map(ask))
  for (let round = 0; round < 3; round += 1) (await next()).resolve()
  await answers
  expect(rounds).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']])
})

it('fails all that were worked on together, and goes on', async () => {
  const { ask, next } = createWork(9)
  const failing = [ask('a'), ask('b')]
  ;(await next()).reject(new Error('no'))
  for (const answer of failing) await expect(answer).rejects.toThrow('no')
  const later = ask('c')
  ;(await next()).resolve()
  expect(await later).toBe('C')
})

it('works in several lanes, but never at a time on what has one key', async () => {
  const { ask, rounds, next } = createWork(2, 2)
  const answers = Promise.all(['a1', 'b1', 'c1', 'a2', 'd1'].map(ask))
  const [first, second] = [await next(), await next()]
  expect(rounds).toEqual([
    ['a1', 'b1'],
    ['c1', 'd1'],
  ])
  second.resolve()
  await new Promise(setImmediate)
  expect(rounds).toHaveLength(2)
  first.resolve()
  ;(await next()).resolve()
  expect(await answers).toEqual(['A1', 'B1', 'C1', 'A2', 'D1'])
})

it('works on each by itself after a failure that one of them may have caused', async () => {
  const { ask, rounds, next } = createWork(9)
  const answers = Promise.allSettled(['a', 'b'].map(ask))
  ;(await next()).reject(new Error('one of them'))
  ;(await next()).reject(new Error('this one'))
  ;(await next()).resolve()
  expect(await answers).toEqual([
    { status: 'rejected', reason: new Error('this one') },
    { status: 'fulfilled', value: 'B' },
  ])
  expect(rounds).toEqual([['a', 'b'], ['a'], ['b']])
})

it('waits for more from a crowd on, for so long, until there are enough, or somebody is alone', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { ask, rounds, next } = createWork(5, 2, 1_000)
  const answers = ['a', 'b', 'c', 'd'].map(ask)
  ;(await next()).resolve()
  await Promise.all(answers)

  answers.push(ask('e'))
  await new Promise(setImmediate)
  answers.push(ask('f'))
  await new Promise(setImmediate)
  expect(rounds).toHaveLength(1)
  vi.advanceTimersByTime(1_000)
  ;(await next()).resolve()
  expect(rounds.at(-1)).toEqual(['e', 'f'])
  await Promise.all(answers)

  answers.push(...['g', 'h', 'i', 'j', 'k'].map(ask))
  ;(await next()).resolve()
  expect(rounds.at(-1)).toEqual(['g', 'h', 'i', 'j', 'k'])
  await Promise.all(answers)

  answers.push(ask('l'))
  await new Promise(setImmediate)
  vi.advanceTimersByTime(1_000)
  ;(await next()).resolve()
  await Promise.all(answers)
  answers.push(ask('m'))
  ;(await next()).resolve()
  await Promise.all(answers)
  expect(rounds.slice(-2)).toEqual([['l'], ['m']])
})

it('lets nobody wait who comes after few, or was left over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { ask, rounds, next } = createWork(9, 1, 1_000)
  const few = Promise.all(['a', 'b', 'c'].map(ask))
  ;(await next()).resolve()
  await few
  const answers = Promise.all(['a1', 'b1', 'c1', 'd1', 'a2', 'b2', 'a3'].map(ask))
  for (let round = 0; round < 3; round += 1) (await next()).resolve()
  await answers
  expect(rounds.slice(1)).toEqual([['a1', 'b1', 'c1', 'd1'], ['a2', 'b2'], ['a3']])
})
