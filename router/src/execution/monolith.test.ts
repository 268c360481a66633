import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { readSupergraph } from './supergraph.ts'
import { startComparison } from './testing/comparison.ts'
import { maze } from './testing/maze.ts'
import { randomOperation } from './testing/operations.ts'
import { zoo } from './testing/zoo.ts'

// A monolith of the same API over the same data, executed by graphql-js, says what clients have to be answered: the same
// data in the same order, an error for each null that is one, the same mutations one after the other. Subgraphs check
// what they are told of each object. Resolvers fail, and find null where none is allowed, but for this:
//
// - Keys do not fail: without its key an object of one subgraph cannot be found in another.
// - What `@requires` or `@provides` names does not fail where null is not allowed: the null would take away an object
//   that the plan has fetched together with what the client asked for. Where null is allowed it fails, and the error is
//   told at the object, since the client did not ask for the field.
// - Fields of an interface object do not fail where null is not allowed: its subgraph does not know of which type an
//   object is, and is asked for fields of it that the client wants of another type only.
//
// See world.ts. And of a mutation whose data is null already, a monolith executes no more; the router may.

// biome-ignore lint/style/noProcessEnv: options of this test alone, for a long run.
const { MONOLITH_RUNS = '800', MONOLITH_SEED = '1' } = process.env
vi.setConfig({ testTimeout: 120_000 + Number(MONOLITH_RUNS) * 200 })

const hotel = readSupergraph(join(import.meta.dirname, '../../supergraph.graphql')).sdl

/** Names that plans have for themselves, that every object has, and that look like what the router makes of others. */
const aliases = [
  '__typename',
  'id',
  'name',
  '_a0',
  '_a1',
  'id__alias_0',
  'constructor',
  '__proto__',
  'toString',
]

test.each([
  ['the zoo', zoo()],
  ['the maze', maze()],
  ['the hotel', hotel],
])('over %s operations are answered as by a monolith', async (_, sdl) => {
  const { apiSchema, isValid, compare } = startComparison(sdl)
  const seen = { answers: 0, errors: 0 }
  const operations = fc.gen().map((g) => randomOperation(apiSchema, (max) => g(fc.nat, max), aliases))
  await fc.assert(
    fc.asyncProperty(operations, fc.nat(), async (operation, seed) => {
      fc.pre(isValid(operation.query))
      for (const luck of ['good', 'bad', 'bad'] as const) {
        const mood = { seed: seed + seen.answers, luck }
        const { ours, truth, errors } = await compare(operation, mood)
        seen.answers += 1
        if (truth.nulls.length > 0) seen.errors += 1
        const asked = { ...operation, mood, errors }
        expect({ ...asked, ...ours }).toEqual({ ...asked, ...truth })
      }
    }),
    { numRuns: Number(MONOLITH_RUNS), seed: Number(MONOLITH_SEED), endOnFailure: true },
  )
  expect(seen.errors, 'answers with errors').toBeGreaterThan(seen.answers / 5)
})
