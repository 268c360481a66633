import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { type Data, isObject } from './data.ts'
import { merge } from './merge.ts'
import { compileRewrites } from './rewrites.ts'
import { createTypeCondition } from './type-conditions.ts'

/** What is asked of a subgraph for a list of objects. Objects that it cannot tell apart are asked for once. */
export type Asked = {
  readonly representations: readonly Data[]
  /** The objects that could be represented. */
  readonly objects: readonly Data[]
  /** For each of them the index of its representation. Each index comes first after all that are smaller. */
  readonly indices: readonly number[]
}

/** Collects the representations that a fetch sends. */
export function createCollector(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): (objects: readonly Data[]) => Asked {
  const represent = compileRepresentation(schema, requires)
  const rewrite = rewrites && compileRewrites(schema, rewrites)

  return (all) => {
    const representations: Data[] = []
    const objects: Data[] = []
    const indices: number[] = []
    const known = createIndex(representations)
    for (const object of all) {
      const representation = represent(object)
      if (!representation?.__typename) continue
      const index = known(representation)
      if (index === representations.length) representations.push(representation)
      objects.push(object)
      indices.push(index)
    }
    // Told apart before the rewriting: different types may have the same name in the subgraph.
    if (rewrite) for (const representation of representations) rewrite(representation)
    return { representations, objects, indices }
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

/** The part of an object by which a subgraph finds it; null where a part of that is not known. */
export type Representation = (object: Data) => Data | null

/** Adds its part to the representation; false where it is not known. */
type Part = (object: Data, representation: Data) => boolean

/**
 * Compiles the `requires` of a fetch. The schema is the supergraph's own: what is asked of subgraphs may be
 * hidden from clients.
 */
export function compileRepresentation(
  schema: GraphQLSchema,
  selections: readonly QueryPlanSelectionNode[],
): Representation {
  const parts = selections.map((selection) => compilePart(schema, selection))
  return (object) => {
    if (object === null) return null
    const representation: Data = {}
    for (const part of parts) if (!part(object, representation)) return null
    return representation
  }
}

function compilePart(schema: GraphQLSchema, selection: QueryPlanSelectionNode): Part {
  if (selection.kind === 'InlineFragment') {
    if (!selection.typeCondition) return () => true
    const applies = createTypeCondition(schema, selection.typeCondition, false)
    const inside = compileRepresentation(schema, selection.selections)
    return (object, representation) => {
      const found = applies(object.__typename) ? inside(object) : null
      if (found) merge(representation, found)
      return true
    }
  }

  const name = selection.alias ?? selection.name
  const inside = selection.selections && compileRepresentation(schema, selection.selections)
  return (object, representation) => {
    const value = Object.hasOwn(object, name) ? object[name] : undefined
    // Not fetched, because something went wrong that was told already: the object cannot be found.
    if (value === undefined) return false
    if (!inside) representation[name] = value
    else if (Array.isArray(value)) representation[name] = value.map(inside)
    else representation[name] = inside(value as Data)
    return true
  }
}
