import '../execution/testing/no-telemetry.ts'
import { createHash } from 'node:crypto'
import { ApolloServer, HeaderMap } from '@apollo/server'
import { plainApollo } from '@myhotel/kit/apollo'
import { createTestLog, eventually } from '@myhotel/kit/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RouterContext } from '../exchange.ts'
import { presentError } from '../execution/errors.ts'
import { createGateway, type ReplaceableGateway } from '../execution/gateway.ts'
import { createPlanner } from '../execution/planning/planner.ts'
import { type Mood, startFakeSubgraphs } from '../execution/testing/fake-subgraphs.ts'
import { randomOperation } from '../execution/testing/operations.ts'
import { zoo } from '../execution/testing/zoo.ts'
import { createOperationLimits } from '../limits/operation-limits.ts'
import { createRateLimits } from '../limits/rate-limits.ts'
import { createCleanup } from '../testing.ts'
import { createDocuments } from './documents.ts'
import { statusByMediaType } from './over-http.ts'
import { createShortcut } from './shortcut.ts'

// Apollo Server alone and with the shortcut before it, over the same subgraphs.
const cleanup = createCleanup()
afterAll(() => cleanup.run())

const sdl = zoo()
const { log } = createTestLog()

/** Asks the same of Apollo alone and by the shortcut, and tells who answered. */
let ask: (
  body: object,
  more?: { method?: string; search?: string; accept?: string; mood?: Mood },
) => Promise<{ alone: object; byShortcut: object; apolloWasAsked: boolean; fetches: number }>
let gateway: ReplaceableGateway

const well: Mood = { seed: 3, manner: 'well' }

beforeAll(async () => {
  const { sourceOf, exchange } = await startFakeSubgraphs(cleanup, sdl)
  const fetches = vi.fn()
  gateway = createGateway({
    supergraph: sdl,
    documents: new Map(),
    sourceOf(name) {
      const source = sourceOf(name)
      return {
        ...source,
        send(...sent) {
          fetches()
          return source.send(...sent)
        },
      }
    },
    planBytes: 1e6,
    log,
  })
  const rates = createRateLimits({
    ...{ redisUrl: undefined, windowSeconds: 60, perUser: 0, perAddress: 0, mutations: 0, log },
  })
  const limits = createOperationLimits({ cost: 1_000, first: 100, rates })
  const plain = plainApollo(log)
  const apollo = new ApolloServer<RouterContext>({
    ...plain,
    plugins: [...plain.plugins, createDocuments(null).plugin, limits.plugin, statusByMediaType],
    gateway,
    formatError: presentError(log),
  })
  await apollo.start()
  cleanup.add(() => apollo.stop())
  const askApollo = vi.fn((...asked: Parameters<typeof apollo.executeHTTPGraphQLRequest>) =>
    apollo.executeHTTPGraphQLRequest(...asked),
  )
  const shortcut = createShortcut({ apollo: { executeHTTPGraphQLRequest: askApollo }, gateway, limits })

  ask = async (body, { method = 'POST', search = '', accept, mood = well } = {}) => {
    const headers = new HeaderMap([['content-type', 'application/json']])
    if (accept) headers.set('accept', accept)
    const inMood = (own: Mood) => ({
      httpGraphQLRequest: { method, search, headers, body },
      context: async () => ({ exchange: exchange(own) }),
    })
    /** Three failures in a row would have a subgraph not asked for a while, which is nothing of what is compared. */
    const forget = () =>
      eventually(async () => {
        const { text } = answerOf(await apollo.executeHTTPGraphQLRequest(inMood(well)))
        return !String(text).includes('SERVICE_UNAVAILABLE')
      })
    const request = inMood(mood)
    if (mood !== well) await forget()
    const alone = answerOf(await apollo.executeHTTPGraphQLRequest(request))
    if (mood !== well) await forget()
    askApollo.mockClear()
    fetches.mockClear()
    const byShortcut = answerOf(await shortcut.executeHTTPGraphQLRequest(request))
    return {
      alone,
      byShortcut,
      apolloWasAsked: askApollo.mock.calls.length > 0,
      fetches: fetches.mock.calls.length,
    }
  }
})

type HttpAnswer = Awaited<ReturnType<ApolloServer['executeHTTPGraphQLRequest']>>

/** The order of errors is that in which subgraphs answered, which is nobody's. */
function answerOf({ status = 200, headers, body }: HttpAnswer) {
  if (body.kind !== 'complete') throw new Error('an answer in parts')
  const { errors, ...rest } = JSON.parse(body.string) as { errors?: object[] }
  const told = errors?.map((error) => JSON.stringify(error)).toSorted()
  return { status, headers: [...headers], text: told ? [...told, JSON.stringify(rest)] : body.string }
}

/** Asks twice: what comes the second time is what counts. */
async function askAgain(...asked: Parameters<typeof ask>) {
  await ask(...asked)
  return ask(...asked)
}

test('what is asked again is answered without Apollo, other variables and all', async () => {
  const query = 'query Keepers($names: [String!]) { keepers(names: $names) { id name } }'
  expect(await ask({ query, variables: { names: ['Ada'] } })).toMatchObject({ apolloWasAsked: true })
  for (const variables of [{ variables: { names: ['Ben', 'Cem'] } }, { variables: null }, {}]) {
    const { alone, byShortcut, apolloWasAsked } = await ask({ query, ...variables })
    expect(byShortcut).toEqual(alone)
    expect(apolloWasAsked).toBe(false)
  }
})

test('any operation is answered as by Apollo, errors of subgraphs and all', async () => {
  const schema = createPlanner(sdl).apiSchema
  const operations = fc.gen().map((g) => randomOperation(schema, (max) => g(fc.nat, max)))
  const ways = { shortcut: 0, apollo: 0 }
  await fc.assert(
    fc.asyncProperty(operations, fc.nat(1_000), async (operation, seed) => {
      for (const mood of [well, { seed, manner: 'errors' }, { seed, manner: 'lies' }] as const) {
        const { alone, byShortcut, apolloWasAsked } = await ask(operation, { mood })
        expect(byShortcut, operation.query).toEqual(alone)
        ways[apolloWasAsked ? 'apollo' : 'shortcut'] += 1
      }
    }),
    { numRuns: 150, endOnFailure: true },
  )
  expect(ways.shortcut).toBeGreaterThan(30)
  expect(ways.apollo).toBeGreaterThan(150)
})

test.each<[string, object, Parameters<typeof ask>[1]?]>([
  [
    'a query with an operation name',
    { query: 'query A { me { id } } query B { things { __typename } }', operationName: 'B' },
  ],
  [
    'a query for media types',
    { query: '{ me { id } }' },
    { accept: 'application/graphql-response+json, application/json;q=0.9' },
  ],
  ['a query for any media type', { query: '{ me { name } }' }, { accept: '*/*' }],
  ['a mutation', { query: 'mutation { visit(on: "2027-03-01") { at } }' }],
  ['introspection', { query: '{ __schema { queryType { name } } }' }],
])('%s goes without Apollo the second time', async (_, body, more) => {
  const { alone, byShortcut, apolloWasAsked } = await askAgain(body, more)
  expect(byShortcut).toEqual(alone)
  expect(apolloWasAsked).toBe(false)
})

const animals = 'query Page($first: Int) { animals(first: $first) { id } }'

test.each<[string, object, Parameters<typeof ask>[1]?]>([
  ['a page that is too large', { query: animals, variables: { first: 101 } }],
  ['a variable that does not fit', { query: animals, variables: { first: 'many' } }],
  ['variables that are none', { query: animals, variables: [1] }],
  ['no such operation', { query: animals, operationName: 'Other' }],
  ['an operation name that is none', { query: animals, operationName: 1 }],
  ['a document that is not valid', { query: '{ nothing }' }],
  ['no document', { query: '' }],
  ['several requests', [{ query: animals }]],
  ['a media type that nobody has', { query: animals }, { accept: 'text/csv' }],
  ['GET', {}, { method: 'GET', search: `?query=${encodeURIComponent('{me{id}}')}` }],
])('%s is always Apollo’s to answer', async (_, body, more) => {
  // So that the document is known, where it can be.
  await ask({ query: animals })
  const { alone, byShortcut, apolloWasAsked } = await askAgain(body, more)
  expect(byShortcut).toEqual(alone)
  expect(apolloWasAsked).toBe(true)
})

test('what failed is told by Apollo, and not executed a second time for that', async () => {
  const body = { query: '{ me { name } busiest { id } }' }
  const { fetches: once } = await askAgain(body)
  let told = 0
  for (let seed = 0; seed < 60; seed += 1) {
    const { alone, byShortcut, apolloWasAsked, fetches } = await ask(body, { mood: { seed, manner: 'lies' } })
    expect(byShortcut).toEqual(alone)
    expect(fetches).toBeLessThanOrEqual(once)
    if (apolloWasAsked) told += 1
  }
  expect(told).toBeGreaterThan(3)
})

test('a document goes by its hash, and each name of a document is its own', async () => {
  const query = '{ me { id name } }'
  const sha256Hash = createHash('sha256').update(query).digest('hex')
  const extensions = { persistedQuery: { version: 1, sha256Hash } }
  const registering = await askAgain({ query, extensions })
  expect(registering.apolloWasAsked, 'the text is to be remembered').toBe(true)
  const byHash = await askAgain({ extensions })
  expect(byHash.byShortcut).toEqual(registering.alone)
  expect(byHash.apolloWasAsked).toBe(false)
  expect((await askAgain({ documentId: `sha256:${sha256Hash}` })).apolloWasAsked).toBe(false)

  const unknown = { persistedQuery: { version: 1, sha256Hash: sha256Hash.replace(/./, 'x') } }
  expect((await ask({ extensions: unknown })).byShortcut).toMatchObject({
    text: [expect.stringContaining('PERSISTED_QUERY_NOT_FOUND'), '{}'],
  })
  const inUrl = await askAgain({ variables: {} }, { search: `?documentId=${sha256Hash}` })
  expect(inUrl.apolloWasAsked, 'a name in the URL').toBe(true)
})

test('another supergraph makes everything new', async () => {
  const query = '{ me { id deputy { id } } }'
  expect((await askAgain({ query })).apolloWasAsked).toBe(false)
  await gateway.replace(sdl.replaceAll('deputy: Keeper', 'second: Keeper'))
  const { alone, byShortcut } = await ask({ query })
  expect(byShortcut).toMatchObject({ status: 400 })
  expect(byShortcut).toEqual(alone)
  await gateway.replace(sdl)
})
