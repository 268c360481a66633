import { expect, it } from 'vitest'
import { batched } from './batch.ts'

function lengths() {
  const loads: string[][] = []
  const lengthOf = batched(async (words: readonly string[]) => {
    loads.push([...words])
    return new Map(words.filter((word) => word !== '').map((word) => [word, word.length]))
  })
  return { loads, lengthOf }
}

it('loads what one tick asks for together, each key once', async () => {
  const { loads, lengthOf } = lengths()
  expect(await Promise.all(['a', 'bb', '', 'a'].map(lengthOf))).toEqual([1, 2, undefined, 1])
  expect(loads).toEqual([['a', 'bb', '']])
})

it('keeps nothing for the next tick', async () => {
  const { loads, lengthOf } = lengths()
  await lengthOf('a')
  await lengthOf('a')
  expect(loads).toEqual([['a'], ['a']])
})

it('tells that the database is away to all who asked, at once, and asks anew afterwards', async () => {
  let loads = 0
  let away = true
  const find = batched(async (keys: readonly string[]) => {
    loads += 1
    if (away) throw new Error('Connection terminated unexpectedly')
    return new Map(keys.map((key) => [key, key]))
  })
  const all = await Promise.allSettled(['a', 'b', 'c', 'd'].map(find))
  expect(all.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
  expect(loads).toBe(1)
  away = false
  expect(await find('a')).toBe('a')
})

it('a failure for one key is told to those alone who asked for it, and found in few steps', async () => {
  let loads = 0
  const find = batched(async (keys: readonly number[]) => {
    loads += 1
    const bad = keys.find((key) => key === 37 || key === 90)
    if (bad !== undefined) throw new RangeError(`${bad} is bad`)
    return new Map(keys.map((key) => [key, key]))
  })
  const keys = Array.from({ length: 100 }, (_, key) => key)
  const all = await Promise.allSettled([...keys, 37].map(find))
  const failed = all.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  expect(failed).toEqual(['RangeError: 37 is bad', 'RangeError: 90 is bad', 'RangeError: 37 is bad'])
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(98)
  expect(loads).toBeLessThan(30)
})
