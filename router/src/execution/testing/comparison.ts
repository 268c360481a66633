import { createTestLog } from '@myhotel/kit/testing'
import { type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import type { Exchange } from '../../exchange.ts'
import type { Result } from '../executor/operation.ts'
import { createEngine } from '../planning/engine.ts'
import { executeByMonolith } from './monolith.ts'
import type { RandomOperation } from './operations.ts'
import { createParts } from './parts.ts'
import { createWorld, type Mood } from './world.ts'

/** What a client is told, as far as it has to be the same. */
export type Told = {
  /** To the letter. */
  readonly data: string | undefined
  /** For which nulls there is an error. Of several that make the same null it does not matter which are told. */
  readonly nulls: readonly string[]
  /** What of a mutation was executed, in its order. */
  readonly written: readonly string[]
}

export type Comparison = {
  readonly apiSchema: GraphQLSchema
  isValid(query: string): boolean
  /** The router's answer and a monolith's. */
  compare(
    operation: RandomOperation,
    mood: Mood,
  ): Promise<{ ours: Told; truth: Told; errors: readonly string[] }>
}

/** A router over the subgraphs of a world, and a monolith that has all of it. */
export function startComparison(sdl: string): Comparison {
  const world = createWorld(sdl)
  let mood: Mood = { seed: 0, luck: 'good' }
  let parts = createParts(world, mood)
  const engine = createEngine(sdl, {
    sourceOf: (name) => ({ send: (...sent) => parts.sourceOf(name).send(...sent) }),
    planBytes: 1e6,
    log: createTestLog().log,
  })

  return {
    apiSchema: engine.apiSchema,
    isValid: (query) => validate(engine.apiSchema, parse(query)).length === 0,
    async compare({ query, variables }, given) {
      mood = given
      parts = createParts(world, mood)
      const document = parse(query)
      const operation = getOperationAST(document)
      if (!operation) throw new Error('there is not one operation')
      const monolith = executeByMonolith(world, { query, variables }, mood)
      const result = await engine.execute({ id: query, document, operation }, exchange(), variables)
      // Once no data will come of it, a server may leave out the rest of a mutation, or not.
      const count = monolith.result.data ? undefined : monolith.written.length
      return {
        ours: told(result, parts.written.slice(0, count), monolith.needed),
        truth: told(monolith.result as Result, monolith.written, monolith.needed),
        errors: (result.errors ?? []).map(({ message, path }) => `${message} at ${path?.join('.')}`),
      }
    },
  }
}

function told({ data, errors = [] }: Result, written: readonly string[], needed: ReadonlySet<string>): Told {
  const nulls = errors.flatMap(({ message, path }) => {
    const place = path && placeOf(data, path)
    // What fails for others is told where they are, also if they can do without.
    if (place === undefined && needed.has(message)) return []
    return [place ?? `no null: ${message} at ${path?.join('.')}`]
  })
  return { data: JSON.stringify(data), nulls: [...new Set(nulls)].toSorted(), written }
}

/** Where a path leads to null; undefined where it does not. */
function placeOf(data: unknown, path: readonly (string | number)[]): string | undefined {
  let value = data
  for (const [index, step] of path.entries()) {
    if (value === null) return path.slice(0, index).join('.')
    if (typeof value !== 'object') return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value === null ? path.join('.') : undefined
}

/** A request of nobody in particular. */
export const exchange = (): Exchange => ({
  user: { subject: null, roles: [] },
  client: 'address:127.0.0.1',
  quotas: [],
  correlation: { correlationId: '', traceparent: '' },
  writes: { note() {}, toSee: () => '', written: () => '' },
  signal: new AbortController().signal,
  extensions: {},
})
