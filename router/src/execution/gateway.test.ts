import { ApolloServer } from '@apollo/server'
import { plainApollo } from '@myhotel/kit/apollo'
import { createTestLog } from '@myhotel/kit/testing'
import { type GraphQLSchema, getIntrospectionQuery, isAbstractType, isObjectType } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RouterContext } from '../exchange.ts'
import { createCleanup } from '../testing.ts'
import { createGateway } from './gateway.ts'
import { exchange } from './testing/comparison.ts'
import { createParts } from './testing/parts.ts'
import { createWorld, type Mood, type Thing, type World } from './testing/world.ts'
import { zoo } from './testing/zoo.ts'

// Apollo Server with our gateway, and with the same schema as a monolith.
const cleanup = createCleanup()
afterAll(() => cleanup.run())

type Ask = (query: string, variables?: Record<string, unknown>, operationName?: string) => Promise<unknown>
let ours: Ask
let theirs: Ask
const mood: Mood = { seed: 7, luck: 'good' }

beforeAll(async () => {
  const sdl = zoo()
  const { log } = createTestLog()
  const world = createWorld(sdl)
  const { sourceOf } = createParts(world, mood)

  async function start(apollo: ApolloServer<RouterContext>): Promise<Ask> {
    await apollo.start()
    cleanup.add(() => apollo.stop())
    return async (query, variables, operationName) => {
      const contextValue = { exchange: exchange() }
      const { body, http } = await apollo.executeOperation(
        { query, variables, operationName },
        { contextValue },
      )
      if (body.kind !== 'single') throw new Error('an answer in parts')
      const { data, errors = [] } = body.singleResult
      const told = errors.map(({ message, path, extensions: { code } = {} }) => ({ message, path, code }))
      return { status: http.status, data: JSON.stringify(data), errors: told }
    }
  }
  const gateway = createGateway({ supergraph: sdl, documents: new Map(), sourceOf, planBytes: 1e6, log })
  const rootValue = { type: 'Query', identity: 'Query' }
  ours = await start(new ApolloServer<RouterContext>({ ...plainApollo(log), gateway }))
  theirs = await start(
    new ApolloServer<RouterContext>({ ...plainApollo(log), schema: monolith(world), rootValue }),
  )
})

/** The API's schema with resolvers that answer of a world. */
function monolith(world: World): GraphQLSchema {
  const { apiSchema } = createWorld(zoo())
  for (const type of Object.values(apiSchema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = ({ type: name }: Thing) => name
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      field.resolve = (thing: Thing, args: object) => world.value(mood, thing, field.name, args)
    }
  }
  return apiSchema
}

test.each<[string, string, Record<string, unknown>?, string?]>([
  ['introspection', getIntrospectionQuery()],
  ['introspection beside data', '{ __type(name: "Cat") { kind name } me { name } }'],
  [
    'introspection in fragments, under other names and by variables',
    'query ($of: String!, $no: Boolean = false) { ...F me { id } a: __schema { queryType { name } } } fragment F on Query { ... { b: __type(name: $of) { name: kind x: name @include(if: $no) } c: __schema @skip(if: true) { description } } }',
    { of: 'Cat' },
  ],
  [
    'names that objects inherit',
    '{ me { constructor: name toString: id } hasOwnProperty: thing { __typename } }',
  ],
  ['the name of the prototype', '{ me { __proto__: name valueOf: deputy { id } } }'],
  ['a key’s name for another field', '{ me { id: name sold { id } } }'],
  ['a variable that is missing', 'query ($id: ID!) { animal(id: $id) { id } }'],
  [
    'a variable that does not fit',
    'query ($first: Int) { animals(first: $first) { id } }',
    { first: 'many' },
  ],
  ['an unknown variable', 'query { me { id } }', { more: 1 }],
  ['one of two operations', 'query A { me { id } } query B { thing { __typename } }', {}, 'B'],
  [
    'one of two operations, of which the other skips by a variable',
    'query A { me { id } } query B($no: Boolean!) { me { id @skip(if: $no) } }',
    {},
    'A',
  ],
  ['nothing', '{ me { id } @skip(if: true) }'],
  ['a field that is left out', '{ me @skip(if: true) { id } }'],
  ['an object of which nothing is asked', '{ me { id @skip(if: true) } }'],
  ['the root’s name', '{ __typename again: __typename }'],
])('%s is answered as by a monolith', async (_, query, variables, operationName) => {
  expect(await ours(query, variables, operationName)).toEqual(await theirs(query, variables, operationName))
})

test('fragments that spread each other twice take no longer than they are long', async () => {
  const fragments = Array.from(
    { length: 40 },
    (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`,
  )
  const query = `{ ...F0 } ${fragments.join(' ')} fragment F40 on Query { __schema { queryType { name } } }`
  expect(await ours(query)).toMatchObject({ data: '{"__schema":{"queryType":{"name":"Query"}}}' })
})
