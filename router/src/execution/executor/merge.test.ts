import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { createMerge } from './merge.ts'
import { compileRewrites } from './rewrites.ts'

const schema = buildSchema(
  `type Query { a: Animal } interface Animal { id: ID } type Cat implements Animal { id: ID }`,
)
const merge = createMerge(schema)

function merged(...answers: Record<string, unknown>[]) {
  const known: Record<string, unknown> = {}
  for (const answer of answers) merge(known, structuredClone(answer))
  return known
}

test('what is known of an object’s type is not taken back by one that knows its interface only', () => {
  expect(merged({ __typename: 'Cat', id: 1 }, { __typename: 'Animal', weight: 2 })).toEqual({
    __typename: 'Cat',
    id: 1,
    weight: 2,
  })
  expect(merged({ __typename: 'Animal', weight: 2 }, { __typename: 'Cat' })).toEqual({
    __typename: 'Cat',
    weight: 2,
  })
})

test('null takes nothing away, and gives way to what is there', () => {
  expect(merged({ a: { x: 1 }, l: [[{ x: 1 }], null] }, { a: null, l: [null, [{ y: 2 }]] })).toEqual({
    a: { x: 1 },
    l: [[{ x: 1 }], [{ y: 2 }]],
  })
  expect(merged({ a: null }, { a: { x: 1 } })).toEqual({ a: { x: 1 } })
})

test('lists of the same length are of the same things, also lists of lists', () => {
  expect(merged({ l: [[{ x: 1 }], []] }, { l: [[{ y: 2 }], []] })).toEqual({ l: [[{ x: 1, y: 2 }], []] })
  expect(merged({ l: [{ x: 1 }] }, { l: [] })).toEqual({ l: [] })
})

test('an answer of another outline harms nothing', () => {
  expect(merged({ a: 'text', b: [1] }, { a: { x: 1 }, b: { y: 2 } })).toEqual({ a: { x: 1 }, b: { y: 2 } })
})

test('what a plan had to fetch under another name gets its own back, whatever it is', () => {
  const rewrite = compileRewrites(schema, [
    { kind: 'KeyRenamer', path: ['... on Cat', 'x__alias_0'], renameKeyTo: 'x' },
  ])
  for (const value of [0, false, '', null, 'text']) {
    const cat: Record<string, unknown> = { __typename: 'Cat', x__alias_0: value }
    rewrite(cat)
    expect(cat.x).toBe(value)
  }
})
