import './no-telemetry.ts'
import { join } from 'node:path'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { plainApollo } from '@myhotel/kit/apollo'
import { createTestLog } from '@myhotel/kit/testing'
import fc from 'fast-check'
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql'
import { beforeAll, expect, test, vi } from 'vitest'
import { readSupergraph } from './supergraph.ts'

// Planning hundreds of queries takes its time where others work, too.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

type Plan = { node?: { kind: string; serviceName?: string } }

let schema: GraphQLSchema
let planOf: (query: string) => Promise<Plan>

beforeAll(async () => {
  const plans: Plan[] = []
  const { log } = createTestLog()
  const gateway = new ApolloGateway({
    supergraphSdl: readSupergraph(join(import.meta.dirname, '../../supergraph.graphql')).sdl,
    buildService: () => ({ process: async () => ({ data: null }) }),
    experimental_didResolveQueryPlan: ({ queryPlan }) => void plans.push(queryPlan as Plan),
    logger: log,
  })
  const apollo = new ApolloServer({ ...plainApollo(log), gateway })
  await apollo.start()
  schema = gateway.schema as GraphQLSchema
  planOf = async (query) => {
    plans.length = 0
    const { body } = await apollo.executeOperation({ query })
    const [plan] = plans
    if (!plan) throw new Error(`${query} was not planned: ${JSON.stringify(body)}`)
    return plan
  }
})

const oneFetch = { kind: 'Fetch', serviceName: 'mypage' }

/** Each way from `type` to a value, as a selection. */
function waysDown(type: GraphQLOutputType, above: readonly string[] = []): string[] {
  const named = getNamedType(type)
  if (!isCompositeType(named)) return ['']
  if (above.includes(named.name)) throw new Error(`${named.name} contains itself: My Page is plain values`)
  const inside = [...above, named.name]
  const objects = isObjectType(named) ? [named] : schema.getPossibleTypes(named)
  return objects.flatMap((object) => {
    const ways = Object.values(object.getFields()).flatMap((field) =>
      waysDown(field.type, inside).map((way) => `${field.name}${way && ` { ${way} }`}`),
    )
    const narrowed = isObjectType(named) ? (way: string) => way : narrow(object.name)
    return ['__typename', ...ways].map(narrowed)
  })
}

const narrow = (type: string) => (way: string) => `... on ${type} { ${way} }`

const allWays = () => {
  const myPage = schema.getQueryType()?.getFields().myPage
  if (!myPage) throw new Error('there is no myPage')
  return waysDown(myPage.type)
}

test('each value of My Page comes by one fetch', async () => {
  const ways = allWays()
  expect(ways.length).toBeGreaterThan(40)
  for (const way of ways) expect((await planOf(`{ myPage { ${way} } }`)).node, way).toMatchObject(oneFetch)
})

test('all of My Page comes by one fetch', async () => {
  expect((await planOf(`{ myPage { ${allWays().join(' ')} } }`)).node).toMatchObject(oneFetch)
})

test('any query of My Page comes by one fetch: parts of it, aliased, in fragments, twice', async () => {
  const some = fc.subarray(allWays(), { minLength: 1 })
  const wrapped = fc.tuple(some, fc.constantFrom('', '... on MyPage', '... @include(if: true)', '...'))
  const selection = wrapped.map(([ways, around]) =>
    around ? `${around} { ${ways.join(' ')} }` : ways.join(' '),
  )
  const queries = fc.array(selection, { minLength: 1, maxLength: 3 }).map((parts) => {
    const pages = parts.map((part, index) =>
      index === 0 ? `myPage { ${part} }` : `again${index}: myPage { ${part} }`,
    )
    return `{ ${pages.join(' ')} }`
  })
  await fc.assert(
    fc.asyncProperty(queries, async (query) => {
      expect((await planOf(query)).node).toMatchObject(oneFetch)
    }),
    { numRuns: 100 },
  )
})
