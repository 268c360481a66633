import { GraphQLError } from 'graphql'
import { expect, test } from 'vitest'
import { createCleanup, startRouter } from '../testing.ts'
import { compileOperation } from './executor/operation.ts'
import { createPlanner } from './planning/planner.ts'
import { exchange, startComparison } from './testing/comparison.ts'
import { composed } from './testing/composed.ts'
import { maze } from './testing/maze.ts'
import { plan } from './testing/plan.ts'
import { zoo } from './testing/zoo.ts'

// Nothing gets lost on the way without a word: clients are answered as by a monolith.

/** Narrow ways to a type: what a gateway may forget. */
const narrow = composed({
  one: `
    type Query { box: Box boxes: [Box] first: Item }
    type Mutation { fill(count: Int = 1): Box seal: Box! }
    type Box @key(fields: "id") @key(fields: "code") { id: ID! code: ID! label: String grid: [[Cell!]] price(in: String = "EUR"): Int inner: Box size: Size }
    type Cell { x: Int y: Int }
    type Size { width: Int! }
    interface Item @key(fields: "id") { id: ID! name: String }
    type Book implements Item @key(fields: "id") { id: ID! name: String pages: Int! }
    type Disc implements Item @key(fields: "id") { id: ID! name: String minutes: Int }`,
  two: `
    type Query { items: [Item!] kept: Box }
    type Box @key(fields: "code", resolvable: false) @key(fields: "id") {
      id: ID! code: ID! grid: [[Cell!]] @external price(in: String = "EUR"): Int @external size: Size @external
      area: Int @requires(fields: "grid { x y }")
      worth: Int @requires(fields: "price")
      fits: Int @requires(fields: "size { width }")
      notes: [String]
    }
    type Cell @external { x: Int y: Int }
    type Size @external { width: Int! }
    type Item @key(fields: "id") @interfaceObject { id: ID! stars: Int reviews: [Int!] }`,
})
const comparisons = {
  zoo: startComparison(zoo()),
  maze: startComparison(maze()),
  narrow: startComparison(narrow),
}
const moods = Array.from(
  { length: 16 },
  (_, seed) => ({ seed, luck: seed % 2 === 0 ? 'good' : 'bad' }) as const,
)

test.each<[what: string, at: keyof typeof comparisons, query: string, variables?: Record<string, unknown>]>([
  ['the type of an interface object', 'narrow', '{ items { __typename stars ... on Book { pages } name } }'],
  [
    'fields after an interface object’s',
    'narrow',
    '{ first { stars reviews ... on Disc { minutes } __typename } }',
  ],
  ['lists of lists that are required', 'narrow', '{ boxes { area grid { x } } }'],
  ['a required field with arguments', 'narrow', '{ boxes { worth price(in: "USD") } }'],
  [
    'a required field with the same arguments, given',
    'narrow',
    '{ boxes { worth price(in: "EUR") p: price } }',
  ],
  [
    'siblings of what is not included',
    'narrow',
    'query ($on: Boolean!) { boxes { area @include(if: $on) notes label } }',
    { on: false },
  ],
  [
    'siblings of what is skipped, by default',
    'narrow',
    'query ($off: Boolean = true) { boxes { ... @skip(if: $off) { worth fits } notes } }',
  ],
  ['a required null', 'narrow', '{ boxes { fits notes size { width } } }'],
  ['an object of which all is skipped', 'narrow', '{ box { inner { label @skip(if: true) } } }'],
  ['a list of which nothing is included', 'narrow', '{ boxes { ... on Box @include(if: false) { label } } }'],
  [
    'a fragment of which all is skipped',
    'zoo',
    '{ animals { ...F } } fragment F on Cat { lives @skip(if: true) }',
  ],
  [
    'a mutation of which all is skipped',
    'narrow',
    'mutation ($off: Boolean!) { fill(count: 3) { label @skip(if: $off) } seal { ... @skip(if: $off) { id } } }',
    { off: true },
  ],
  [
    'mutations in fragments, in their order',
    'narrow',
    'mutation { seal { id } ...F a: fill { id } } fragment F on Mutation { b: fill(count: 9) { label } }',
  ],
  ['the root’s own name alone', 'narrow', 'mutation { __typename fill @skip(if: true) { id } }'],
  [
    'a null that must not be',
    'zoo',
    '{ animals { ... on Cat { lives keeper { id } } ... on Dog { tricks } weight } }',
  ],
  ['objects reached by another key', 'maze', '{ rare { rarity shown { title ... on Painting { text } } } }'],
  ['what is needed by an object that has another key, too', 'narrow', '{ kept { area fits notes } }'],
  ['keys that are not resolved', 'maze', '{ lots { of { code town { zip } name score } } }'],
  [
    'another type’s @requires at an interface object',
    'maze',
    '{ reviewed { ... on Service { fits } discount } }',
  ],
  [
    'a key of an interface object that only one type needs',
    'maze',
    '{ reviewed { ... on Product { fits } } }',
  ],
  [
    'fragments in @requires',
    'maze',
    '{ exhibits { title ... on Painting { text } ... on Vase { t: text } } }',
  ],
])('%s: nothing is lost', async (_, at, query, variables = {}) => {
  const { isValid, compare } = comparisons[at]
  expect(isValid(query), query).toBe(true)
  for (const mood of moods) {
    const { ours, truth, errors } = await compare({ query, variables }, mood)
    expect({ errors, ...ours }).toEqual({ errors, ...truth })
  }
})

test('what a subgraph answered from less than it needs is not believed', async () => {
  const planner = createPlanner(narrow)
  const asked: string[] = []
  const execute = compileOperation(plan(planner, '{ kept { fits notes } }'), planner, (name) => ({
    async send(_, variables) {
      const { representations } = JSON.parse(variables)
      asked.push(representations ? `${name} ${JSON.stringify(representations)}` : name)
      if (name === 'one') throw new GraphQLError('away', { extensions: { code: 'SERVICE_UNAVAILABLE' } })
      if (representations) return { data: { _entities: [{ fits: 5, notes: ['here'] }] } }
      return { data: { kept: { __typename: 'Box', id: 'b1', code: 'c1' } } }
    },
  }))
  const { data, errors = [] } = await execute(exchange(), {})
  expect(data).toEqual({ kept: { fits: null, notes: ['here'] } })
  const told = errors.map(({ path, extensions: { code } }) => ({ path, code }))
  expect(told).toEqual([{ path: ['kept'], code: 'SERVICE_UNAVAILABLE' }])
  expect(asked).toHaveLength(3)
})

test('a field for which a subgraph made everything null is the only one told', async () => {
  const cleanup = createCleanup()
  const pages = {
    schema: 'type Query { page: String! other: String! note: String }',
    resolvers: {
      Query: {
        page: () => {
          throw new GraphQLError('sign in first', { extensions: { code: 'UNAUTHENTICATED' } })
        },
        other: () => 'other',
        note: () => 'note',
      },
    },
  }
  const { ask } = await startRouter(cleanup, { pages })
  const { data, errors } = await ask('{ note other page }')
  await cleanup.run()
  expect(data).toBe(null)
  expect(errors).toMatchObject([{ path: ['page'], extensions: { code: 'UNAUTHENTICATED' } }])
  expect(errors).toHaveLength(1)
})
