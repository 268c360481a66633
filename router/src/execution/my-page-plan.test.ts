import { join } from 'node:path'
import fc from 'fast-check'
import { type GraphQLOutputType, getNamedType, isCompositeType, isObjectType, parse, validate } from 'graphql'
import { expect, test, vi } from 'vitest'
import { createPlanner } from './planning/planner.ts'
import { readSupergraph } from './supergraph.ts'
import { plan } from './testing/plan.ts'

// Planning hundreds of queries takes its time where others work, too.
vi.setConfig({ testTimeout: 60_000 })

const planner = createPlanner(readSupergraph(join(import.meta.dirname, '../../supergraph.graphql')).sdl)
const schema = planner.apiSchema

function planOf(query: string) {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  return plan(planner, query).plan
}

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

test('each value of My Page comes by one fetch', () => {
  const ways = allWays()
  expect(ways.length).toBeGreaterThan(40)
  for (const way of ways) expect(planOf(`{ myPage { ${way} } }`).node, way).toMatchObject(oneFetch)
})

test('all of My Page comes by one fetch', () => {
  expect(planOf(`{ myPage { ${allWays().join(' ')} } }`).node).toMatchObject(oneFetch)
})

test('any query of My Page comes by one fetch: parts of it, aliased, in fragments, twice', () => {
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
  fc.assert(
    fc.property(queries, (query) => {
      expect(planOf(query).node).toMatchObject(oneFetch)
    }),
    { numRuns: 100 },
  )
})
