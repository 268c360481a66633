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

it('tells a failure to all who asked, and asks anew afterwards', async () => {
  let fails = true
  const find = batched(async (keys: readonly string[]) => {
    if (fails) throw new Error('away')
    return new Map(keys.map((key) => [key, key]))
  })
  await expect(Promise.all([find('a'), find('b')])).rejects.toThrow('away')
  fails = false
  expect(await find('a')).toBe('a')
})
