import type { FetchNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { Keys } from '../planning/field-sets.ts'
import { type Data, isObject } from './data.ts'
import { compileRepresent } from './representation.ts'
import { compileRewrites } from './rewrites.ts'

/** What is asked of a subgraph for a list of objects. Objects that it cannot tell apart are asked for once. */
export type Asked = {
  readonly representations: readonly Data[]
  /** For each of them what it lacks. */
  readonly lacks: readonly (readonly string[])[]
  /** The objects that could be represented. */
  readonly objects: readonly Data[]
  /** For each of them the index of its representation. Each index comes first after all that are smaller. */
  readonly indices: readonly number[]
}

/** Collects the representations that a fetch sends. */
export function createCollector(
  schema: GraphQLSchema,
  fetch: Pick<FetchNode, 'requires' | 'inputRewrites'>,
  keysOf: Keys,
): (objects: readonly Data[]) => Asked {
  const represent = compileRepresent(schema, fetch, keysOf)
  const rewrite = fetch.inputRewrites && compileRewrites(schema, fetch.inputRewrites)

  return (all) => {
    const representations: Data[] = []
    const lacks: (readonly string[])[] = []
    const objects: Data[] = []
    const indices: number[] = []
    const known = createIndex(representations)
    for (const object of all) {
      const represented = represent(object)
      if (!represented) continue
      const index = known(represented.told)
      if (index === representations.length) {
        representations.push(represented.told)
        lacks.push(represented.lacks)
      }
      objects.push(object)
      indices.push(index)
    }
    // Told apart before the rewriting: different types may have the same name in the subgraph.
    if (rewrite) for (const representation of representations) rewrite(representation)
    return { representations, lacks, objects, indices }
  }
}

/**
 * Finds where in a list an equal representation is; else its place is the end. Each is compared with one other at
 * most: equal ones mostly share their first value and others do not, and where that does not tell, the whole text does.
 */
export function createIndex(list: readonly Data[]): (representation: Data) => number {
  const firstOfMark = new Map<unknown, number>()
  const others = new Map<string, number>()
  return (representation) => {
    const mark = markOf(representation)
    const first = firstOfMark.get(mark)
    if (first === undefined) {
      firstOfMark.set(mark, list.length)
      return list.length
    }
    if (isEqual(list[first], representation)) return first
    const text = JSON.stringify(representation)
    const index = others.get(text) ?? list.length
    others.set(text, index)
    return index
  }
}

/** A value that equal representations share and others mostly do not: the first of the key. */
function markOf(representation: Data): unknown {
  for (const name in representation) {
    if (name === '__typename') continue
    const value = representation[name]
    return typeof value === 'object' ? JSON.stringify(value) : value
  }
  return undefined
}

/** Whether two JSON values are the same. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false
    return one.every((item, index) => isEqual(item, other[index]))
  }
  if (!isObject(one) || !isObject(other)) return false
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  for (const name of names) if (!Object.hasOwn(other, name) || !isEqual(one[name], other[name])) return false
  return true
}
