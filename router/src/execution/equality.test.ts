import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createTestLog } from '@myhotel/kit/testing'
import fc from 'fast-check'
import { type GraphQLError, parse, validate } from 'graphql'
import { afterAll, expect, test, vi } from 'vitest'
import { examples } from '../playground/playground-examples.ts'
import { createCleanup } from '../testing.ts'
import { presentError } from './errors.ts'
import { whyNotOurs } from './executor/known.ts'
import { executeByLibrary } from './executor/library.ts'
import { compileOperation, type Result } from './executor/operation.ts'
import { createPlanner, type Planner } from './planning/planner.ts'
import { readSupergraph } from './supergraph.ts'
import { type Mood, startFakeSubgraphs } from './testing/fake-subgraphs.ts'
import { type RandomOperation, randomOperation } from './testing/operations.ts'
import { zoo } from './testing/zoo.ts'

// Our executor and the gateway's own execute the same plans over the same subgraphs, which make up their data, fail and
// lie by HTTP. Each operation is executed in several moods of theirs.

// biome-ignore lint/style/noProcessEnv: an option of this test alone, for a long run.
const executions = Number(process.env.EQUALITY_RUNS ?? 2_000)
vi.setConfig({ testTimeout: 60_000 + executions * 50 })

const hotel = readSupergraph(join(import.meta.dirname, '../../supergraph.graphql')).sdl
const manners = ['well', 'errors', 'errors', 'lies', 'lies'] as const

const cleanup = createCleanup()
afterAll(() => cleanup.run())

/** All that a client is told. */
type Told = { data: string | undefined; errors: readonly string[]; extensions: object }

/** Plans an operation and executes it both ways, once for each mood; null where it cannot be planned. */
type Both = (
  operation: RandomOperation,
  moods: readonly Mood[],
) => Promise<[ours: Told, theirs: Told][] | null>

async function startBoth(sdl: string): Promise<{ planner: Planner; both: Both }> {
  const planner = createPlanner(sdl)
  const { sourceOf, exchange } = await startFakeSubgraphs(cleanup, sdl)

  async function both({ query, variables }: RandomOperation, moods: readonly Mood[]) {
    const document = parse(query)
    const planned = attempt(() => planner.plan(document, undefined))
    if (!planned) return null
    expect(whyNotOurs(planned.operation, planned.plan)).toBe(null)
    const execute = compileOperation(planned.operation, planned.plan, planner.schema, sourceOf)
    const executeTheirs = executeByLibrary(planned, document, planner, sourceOf)
    return Promise.all(
      moods.map(async (mood): Promise<[Told, Told]> => {
        const [ours, theirs] = [exchange(mood), exchange(mood)]
        return [
          told(await settled(execute(ours, variables)), ours.extensions),
          told(await settled(executeTheirs(theirs, variables)), theirs.extensions),
        ]
      }),
    )
  }
  return { planner, both }
}

/** The planner gives up on some operations over interface objects. */
function attempt<Value>(work: () => Value): Value | null {
  try {
    return work()
  } catch {
    return null
  }
}

/** An execution that fails altogether is answered by Apollo Server, as an error without a path. */
const settled = (result: Promise<Result>) =>
  result.catch((error: Error): Result => ({ errors: [error as GraphQLError] }))

const present = presentError(createTestLog().log)

/**
 * Without the paths of errors: the gateway's name the wrong object of a list where another one could not be asked for.
 * The order of errors is that in which subgraphs answered, which is nobody's.
 */
function told({ data, errors = [] }: Result, extensions: object): Told {
  const all = errors.map((error) => {
    const { message, extensions: more = {} } = error
    const code = more.code ?? 'INTERNAL_SERVER_ERROR'
    return JSON.stringify(present({ message, extensions: { ...more, code } }, error))
  })
  return { data: JSON.stringify(data), errors: all.toSorted(), extensions }
}

test.each([
  ['the zoo', zoo()],
  ['the hotel', hotel],
])('operations over %s are executed as the gateway executes them', async (_, sdl) => {
  const { planner, both } = await startBoth(sdl)
  const seen = { executions: 0, data: 0, errors: 0 }
  const operations = fc.gen().map((g) => randomOperation(planner.apiSchema, (max) => g(fc.nat, max)))
  const seeds = fc.tuple(...manners.map(() => fc.nat()))
  await fc.assert(
    fc.asyncProperty(operations, seeds, async (operation, numbers) => {
      fc.pre(validate(planner.apiSchema, parse(operation.query)).length === 0)
      const moods = manners.map((manner, index) => ({ manner, seed: numbers[index] ?? 0 }))
      const results = await both(operation, moods)
      fc.pre(results !== null)
      for (const [index, [ours, theirs]] of results.entries()) {
        seen.executions += 1
        if (theirs.data && theirs.data.length > 40) seen.data += 1
        if (theirs.errors.length > 0) seen.errors += 1
        const asked = { ...operation, ...moods[index] }
        if (!isDeepStrictEqual(ours, theirs)) expect({ ...asked, ...ours }).toEqual({ ...asked, ...theirs })
      }
    }),
    { numRuns: executions / manners.length / 2, endOnFailure: true },
  )
  expect(seen.executions).toBeGreaterThanOrEqual(executions / 2)
  expect(seen.data, 'answers with something in them').toBeGreaterThan(seen.executions / 4)
  expect(seen.errors, 'answers with errors').toBeGreaterThan(seen.executions / 5)
})

test('the operations of the playground are executed as the gateway executes them', async () => {
  const { both } = await startBoth(hotel)
  for (const operation of examples(new Date(), 'key')) {
    const moods = Array.from({ length: 20 }, (_, seed) => ({ seed, manner: manners[seed % 5] ?? 'well' }))
    const results = (await both(operation, moods)) ?? []
    expect(results).toHaveLength(moods.length)
    for (const [ours, theirs] of results) expect(ours, operation.query).toEqual(theirs)
  }
})
