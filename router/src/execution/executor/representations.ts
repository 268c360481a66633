import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { Data } from './data.ts'
import { merge } from './merge.ts'
import { compileRewrites } from './rewrites.ts'
import { createTypeCondition } from './type-conditions.ts'

/** What is asked of a subgraph for a list of objects. Objects that it cannot tell apart are asked for once. */
export type Asked = {
  /** JSON texts. */
  readonly representations: readonly string[]
  /** For each representation the objects that its answer is for. */
  readonly objects: readonly (readonly Data[])[]
  /** For each object that could be represented, in order, the index of its representation. */
  readonly inOrder: readonly number[]
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
    const representations: string[] = []
    const objects: Data[][] = []
    const inOrder: number[] = []
    const known = new Map<Data, number>()
    const texts = new Map<string, number>()
    for (const object of all) {
      // One answer may have become part of many objects: it comes by here once for each.
      const again = known.get(object)
      if (again !== undefined) {
        inOrder.push(again)
        continue
      }
      const representation = represent(object)
      if (!representation?.__typename) continue
      // Told apart before the rewriting: different types may have the same name in the subgraph.
      const text = JSON.stringify(representation)
      let index = texts.get(text)
      if (index === undefined) {
        index = representations.length
        texts.set(text, index)
        rewrite?.(representation)
        representations.push(rewrite ? JSON.stringify(representation) : text)
        objects.push([])
      }
      known.set(object, index)
      objects[index]?.push(object)
      inOrder.push(index)
    }
    return { representations, objects, inOrder }
  }
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
