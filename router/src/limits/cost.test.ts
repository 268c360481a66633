import '../execution/testing/no-telemetry.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApolloGateway } from '@apollo/gateway'
import { createTestLog } from '@myhotel/kit/testing'
import { buildSchema, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { readSupergraph } from '../execution/supergraph.ts'
import { examples } from '../playground/playground-examples.ts'
import { price } from './cost.ts'
import { shapeOf } from './shape.ts'

function priced(schema: GraphQLSchema, text: string) {
  const document = parse(text)
  expect(validate(schema, document)).toEqual([])
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  return price(schema, document, operation)
}

describe('the cost of an operation', () => {
  const schema = buildSchema(`
    type Query { room: Room, name: String, rooms(first: Int = 5): Rooms!, top(first: Int): [Room!]!, any: Any }
    type Rooms { edges: [Edge!]!, pageInfo: Info! }
    type Edge { node: Room! }
    type Info { more: Boolean }
    type Room { id: ID, host: Host, prices: [Price!], tags: [String!] }
    type Host { rooms(first: Int = 5): Rooms! }
    type Price { amount: Int }
    union Any = Room | Host`)
  const costOf = (text: string, variables = {}) => priced(schema, text).cost(variables)

  test.each([
    ['{ name }', 0],
    ['{ room { id tags } }', 1],
    ['{ room { prices { amount } } }', 1 + 3],
    ['{ top(first: 7) { id } }', 7],
    ['{ top { id } }', 20],
    ['{ rooms { edges { node { id } } pageInfo { more } } }', 1 + 5 * 2 + 1],
    ['{ rooms(first: 100) { edges { node { id } } } }', 1 + 100 * 2],
    ['{ rooms(first: 0) { edges { node { id } } } }', 1],
    [
      '{ rooms { edges { node { host { rooms(first: 3) { edges { node { id } } } } } } } }',
      1 + 5 * (3 + 1 + 3 * 2),
    ],
    ['{ ...F } fragment F on Query { rooms { ...P } } fragment P on Rooms { edges { node { id } } }', 11],
    ['{ any { ... on Room { prices { amount } } ... on Host { rooms { pageInfo { more } } } } }', 1 + 3 + 2],
    ['{ a: room { id } b: room { id } }', 2],
    ['{ __schema { types { name } } __typename }', 0],
  ])('%s is %i', (text, cost) => {
    expect(costOf(text)).toBe(cost)
  })

  test('counts pages that come by variable, and by what a variable is unless told', () => {
    const text = 'query ($n: Int = 3) { rooms(first: $n) { edges { node { id } } } }'
    expect(costOf(text, { n: 50 })).toBe(101)
    expect(costOf(text)).toBe(7)
    expect(costOf(text, { n: null })).toBe(41)
    expect(priced(schema, text).pages({ n: 1_000_000 })).toEqual([1_000_000])
    expect(costOf(text, { n: -5 })).toBe(1)
  })

  test('is told in no time however fragments are nested', () => {
    const step = (n: number) =>
      `fragment F${n} on Rooms { edges { node { host { a: rooms { ...F${n + 1} } b: rooms { ...F${n + 1} } } } } }`
    const steps = Array.from({ length: 100 }, (_, n) => step(n)).join('\n')
    expect(
      costOf(`{ rooms { ...F0 } } ${steps} fragment F100 on Rooms { pageInfo { more } }`),
    ).toBeGreaterThan(1e60)
  })
})

describe('the limits', () => {
  let schema: GraphQLSchema
  beforeAll(async () => {
    const supergraphSdl = readSupergraph(join(import.meta.dirname, '../../supergraph.graphql')).sdl
    const { log } = createTestLog()
    const gateway = new ApolloGateway({
      supergraphSdl,
      buildService: () => ({ process: async () => ({}) }),
      logger: log,
    })
    schema = (await gateway.load()).schema
    await gateway.stop()
  })

  const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8')
  const documents = [
    ...[...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text = '']) => ({
      query: text,
      variables: {},
    })),
    ...examples(new Date(), 'key'),
  ]

  test('leave much room above what the README and the playground show', () => {
    expect(documents.length).toBeGreaterThan(10)
    for (const { query, variables } of documents) {
      expect(priced(schema, query).cost(variables)).toBeLessThan(1_000)
      expect(shapeOf(parse(query)).depth).toBeLessThan(10)
      expect(shapeOf(parse(query)).aliases).toBeLessThan(10)
    }
  })

  test('let a large page through that a client would really ask for', () => {
    const money = '{ amount currency }'
    const rooms = `query ($first: Int!) { searchRooms(first: $first) { edges { node {
      id name photos amenities popularity pricePerNight ${money} cleaningFee ${money} location { city country }
      quote(startDate: "2027-05-10", endDate: "2027-05-13") { ... on Quote { price { lines { label amount ${money} } } } }
      host { id rooms(first: 10) { edges { node { id name pricePerNight ${money} } } } } } } pageInfo { hasNextPage } } }`
    expect(priced(schema, rooms).cost({ first: 50 })).toBeLessThan(10_000)
    expect(priced(schema, rooms).cost({ first: 100 })).toBeLessThan(10_000)
  })

  test('stop a query that would ask for a million rooms', () => {
    const rooms = (inner: string) => `{ rooms(first: 100) { edges { node { id host ${inner} } } } }`
    const query = `{ searchRooms(first: 100) { edges { node { host ${rooms(rooms('{ id }'))} } } } }`
    expect(priced(schema, query).cost({})).toBeGreaterThan(1e6)
  })
})
