import { expect, test } from 'vitest'
import { startComparison } from './testing/comparison.ts'
import { maze } from './testing/maze.ts'
import { zoo } from './testing/zoo.ts'

// Names that a client gives are its own: whatever plans fetch for themselves, clients are answered as by a monolith.

const comparisons = { zoo: startComparison(zoo()), maze: startComparison(maze()) }
const moods = Array.from(
  { length: 12 },
  (_, seed) => ({ seed, luck: seed % 2 === 0 ? 'good' : 'bad' }) as const,
)

test.each<[what: string, at: keyof typeof comparisons, query: string]>([
  ['a key’s name', 'zoo', '{ me { id: name salary { amount } bonus { amount } } }'],
  ['a key’s name, beside the key', 'zoo', '{ me { id: name own: id sold { id } } }'],
  ['a key of several parts', 'zoo', '{ badge { code: colour issuer: owner { name } } }'],
  ['a name inside a key', 'zoo', '{ badge { issuer { name: __typename } owner { id } } }'],
  ['what @requires needs', 'zoo', '{ me { salary: name name: badge { code } bonus { amount } } }'],
  ['what @requires needs, inside', 'zoo', '{ me { salary { amount: currency } bonus { amount } } }'],
  [
    'what a chain of @requires needs',
    'maze',
    '{ products { tax: title shipping: sku parts: price { currency } total } }',
  ],
  ['the same with other arguments', 'maze', '{ products { rank(by: 7) other: rank(by: 9) tax { rate } } }'],
  [
    'another field’s arguments',
    'zoo',
    '{ me { bonus(level: 3) { amount } b: bonus { amount } name: bonus(level: 4) { amount } } }',
  ],
  ['__typename', 'zoo', '{ animals { __typename: name kind: __typename ... on Cat { vet { name } } } }'],
  ['__typename at an interface object', 'zoo', '{ busiest { __typename: weight kind: __typename name } }'],
  [
    'names of other fields, by type',
    'zoo',
    '{ animals { ... on Cat { id: lives name: keeper { id } } vet { name } } }',
  ],
  [
    'the same name of different types',
    'zoo',
    '{ thing { ... on Cat { x: name } ... on Keeper { x: name name: id } ... on Dog { x: name id: mood } } }',
  ],
  [
    'names across fragments',
    'zoo',
    '{ me { ...A ...B } } fragment A on Keeper { id: name } fragment B on Keeper { ... on Named { deep: name } sold { id } }',
  ],
  [
    'names that look like a plan’s',
    'zoo',
    '{ _a0: me { _a1: id id__alias_0: name _a0: name sold { _a0: id } } _a1: sellers { id } }',
  ],
  [
    'names that objects inherit',
    'zoo',
    '{ me { constructor: name __proto__: id toString: deputy { valueOf: id } hasOwnProperty: badge { code } } }',
  ],
  [
    'aliases of what is in a list of lists',
    'maze',
    '{ products { parts: id p: parts { name: weight weight: name } shipping } }',
  ],
  [
    'one of two that fail, each at its own',
    'zoo',
    '{ visits { a: note(loud: true) b: note(loud: false) note } }',
  ],
  [
    'the fields of a mutation, each by itself',
    'zoo',
    'mutation { id: feed(id: "a") { id } name: feed(id: "a") { id } feed(id: "a") { name: id } }',
  ],
])('%s may be an alias', async (_, at, query) => {
  const { isValid, compare } = comparisons[at]
  expect(isValid(query), query).toBe(true)
  for (const mood of moods) {
    const { ours, truth, errors } = await compare({ query, variables: {} }, mood)
    expect({ errors, ...ours }).toEqual({ errors, ...truth })
  }
})

test('a variable may have the name of what fetches of entities are given', async () => {
  const query =
    'query ($representations: Int) { me { bonus(level: $representations) { amount } sold { id } } }'
  for (const mood of moods) {
    const { ours, truth } = await comparisons.zoo.compare({ query, variables: { representations: 4 } }, mood)
    expect(ours).toEqual(truth)
  }
})
