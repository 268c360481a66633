import './testing/no-telemetry.ts'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { plainApollo } from '@myhotel/kit/apollo'
import { createTestLog } from '@myhotel/kit/testing'
import fc from 'fast-check'
import { type GraphQLError, getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RouterContext } from '../exchange.ts'
import { createCleanup } from '../testing.ts'
import { createGateway } from './gateway.ts'
import { startFakeSubgraphs } from './testing/fake-subgraphs.ts'
import { randomOperation } from './testing/operations.ts'
import { zoo } from './testing/zoo.ts'

// Apollo Server with our gateway and with Apollo's, over the same subgraphs. Paths of errors are not compared: Apollo's
// name the wrong object of a list where another one could not be asked for.
const cleanup = createCleanup()
afterAll(() => cleanup.run())

type Ask = (query: string, variables?: Record<string, unknown>, operationName?: string) => Promise<unknown>
let ours: Ask
let theirs: Ask
let schemaOfTheirs: ApolloGateway['schema']

beforeAll(async () => {
  const sdl = zoo()
  const { log } = createTestLog()
  const { sourceOf, exchange } = await startFakeSubgraphs(cleanup, sdl)

  async function start(gateway: object): Promise<Ask> {
    const apollo = new ApolloServer<RouterContext>({ ...plainApollo(log), gateway: gateway as never })
    await apollo.start()
    cleanup.add(() => apollo.stop())
    return async (query, variables, operationName) => {
      const contextValue = { exchange: exchange({ seed: 7, manner: 'errors' }) }
      const { body, http } = await apollo.executeOperation(
        { query, variables, operationName },
        { contextValue },
      )
      if (body.kind !== 'single') throw new Error('an answer in parts')
      const { data, errors = [], extensions } = body.singleResult
      const invalid = (extensions?.valueCompletion ?? []) as GraphQLError[]
      const told = [
        ...errors,
        ...invalid.map(({ message, path }) => ({
          message,
          path,
          extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' },
        })),
      ].map(({ message, extensions: { code } = {} }) => JSON.stringify({ message, code }))
      return { status: http.status, data: JSON.stringify(data), errors: told.toSorted() }
    }
  }
  ours = await start(createGateway({ supergraph: sdl, documents: new Map(), sourceOf, planBytes: 1e6, log }))
  const reference = new ApolloGateway({
    supergraphSdl: sdl,
    buildService: ({ name }) => sourceOf(name),
    logger: log,
  })
  theirs = await start(reference)
  schemaOfTheirs = reference.schema
})

test('is to Apollo Server what Apollo’s gateway is', async () => {
  if (!schemaOfTheirs) throw new Error('there is no schema')
  const schema = schemaOfTheirs
  const operations = fc.gen().map((g) => randomOperation(schema, (max) => g(fc.nat, max)))
  await fc.assert(
    fc.asyncProperty(operations, async ({ query, variables }) => {
      expect(await ours(query, variables), query).toEqual(await theirs(query, variables))
    }),
    { numRuns: 100, endOnFailure: true },
  )
})

test.each<[string, string, Record<string, unknown>?, string?]>([
  ['introspection', getIntrospectionQuery()],
  ['introspection beside data', '{ __type(name: "Cat") { kind name } me { name } }'],
  [
    'names that objects inherit',
    '{ me { constructor: name toString: id } hasOwnProperty: thing { __typename } }',
  ],
  ['the name of the prototype', '{ me { __proto__: name valueOf: deputy { id } } }'],
  ['a variable that is missing', 'query ($id: ID!) { animal(id: $id) { id } }'],
  [
    'a variable that does not fit',
    'query ($first: Int) { animals(first: $first) { id } }',
    { first: 'many' },
  ],
  ['an unknown variable', 'query { me { id } }', { more: 1 }],
  ['one of two operations', 'query A { me { id } } query B { thing { __typename } }', {}, 'B'],
  ['nothing', '{ me { id } @skip(if: true) }'],
  ['a field that is left out', '{ me @skip(if: true) { id } }'],
  ['the root’s name', '{ __typename again: __typename }'],
])('%s is answered as by Apollo’s gateway', async (_, query, variables, operationName) => {
  expect(await ours(query, variables, operationName)).toEqual(await theirs(query, variables, operationName))
})
