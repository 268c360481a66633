import { expect, it } from 'vitest'
import { gathered } from './gather.ts'

/** Notes what is worked on together; each round ends when it is told to. */
function createWork(most: number) {
  const rounds: string[][] = []
  const ends: PromiseWithResolvers<void>[] = []
  const ask = gathered<string, string>({
    most,
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
