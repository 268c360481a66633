import { join } from 'node:path'
import { createTestLog } from '@myhotel/kit/testing'
import fc from 'fast-check'
import {
  type DocumentNode,
  execute,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql'
import { afterAll, expect, test, vi } from 'vitest'
import { createCleanup } from '../testing.ts'
import { createEngine } from './planning/engine.ts'
import { readSupergraph } from './supergraph.ts'
import { type Mood, startFakeSubgraphs } from './testing/fake-subgraphs.ts'
import { randomOperation } from './testing/operations.ts'
import { zoo } from './testing/zoo.ts'

// Subgraphs fail and lie by HTTP. What clients are answered is what the schema allows, all the same.

// biome-ignore lint/style/noProcessEnv: an option of this test alone, for a long run.
const { LIES_RUNS = '150', LIES_SEED = '1' } = process.env
vi.setConfig({ testTimeout: 60_000 + Number(LIES_RUNS) * 200 })

const hotel = readSupergraph(join(import.meta.dirname, '../../supergraph.graphql')).sdl
const manners = ['errors', 'lies', 'lies'] as const

const cleanup = createCleanup()
afterAll(() => cleanup.run())

/** Asks of every object what it is. */
function askTypes(text: string): DocumentNode {
  const typename = parse('{ what: __typename }').definitions[0] as { selectionSet: SelectionSetNode }
  return visit(parse(text), {
    [Kind.SELECTION_SET]: (set) => ({
      ...set,
      selections: [...typename.selectionSet.selections, ...set.selections],
    }),
  })
}

/** What graphql-js makes of an answer, were it the data: the same, if it is what the schema allows. */
function throughGraphql(
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: Record<string, unknown>,
  data: unknown,
) {
  return execute({
    ...{ schema, document, variableValues, rootValue: data },
    fieldResolver: (object, _, __, { path }) => object[path.key],
    typeResolver: ({ what }) => what,
  })
}

test.each([
  ['the zoo', zoo()],
  ['the hotel', hotel],
])('whatever the subgraphs of %s answer, clients are answered what the schema allows', async (_, sdl) => {
  const { sourceOf, exchange } = await startFakeSubgraphs(cleanup, sdl)
  const { log } = createTestLog()
  const engine = createEngine(sdl, { sourceOf, planBytes: 1e6, log })
  const { apiSchema } = engine
  const seen = { executions: 0, data: 0, errors: 0 }
  const operations = fc.gen().map((g) => randomOperation(apiSchema, (max) => g(fc.nat, max)))
  await fc.assert(
    fc.asyncProperty(operations, fc.nat(), async ({ query, variables }, seed) => {
      const document = askTypes(query)
      fc.pre(validate(apiSchema, document).length === 0)
      const operation = getOperationAST(document) as OperationDefinitionNode
      for (const manner of manners) {
        const mood: Mood = { manner, seed: seed + seen.executions }
        const known = { id: query, document, operation }
        const { data, errors = [] } = await engine.execute(known, exchange(mood), variables)
        seen.executions += 1
        if (JSON.stringify(data)?.length > 60) seen.data += 1
        if (errors.length > 0) seen.errors += 1
        if (!data) {
          expect(errors, query).not.toEqual([])
          continue
        }
        const again = await throughGraphql(apiSchema, document, variables, data)
        expect(again.errors, query).toBe(undefined)
        expect(JSON.stringify(again.data), query).toBe(JSON.stringify(data))
      }
    }),
    { numRuns: Number(LIES_RUNS), seed: Number(LIES_SEED), endOnFailure: true },
  )
  expect(seen.data, 'answers with something in them').toBeGreaterThan(seen.executions / 4)
  expect(seen.errors, 'answers with errors').toBeGreaterThan(seen.executions / 5)
})
