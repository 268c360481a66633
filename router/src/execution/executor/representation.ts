import type { FetchDataRewrite, FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { Keys } from '../planning/field-sets.ts'
import { type Data, isObject } from './data.ts'
import { createMerge } from './merge.ts'
import { createTypeCondition } from './type-conditions.ts'

/** What a subgraph is told of an object. */
export type Representation = {
  readonly told: Data
  /** What a plan would tell and nobody knows; fields that need it are not to be believed. */
  readonly lacks: readonly string[]
}

/** What represents an object; null where the subgraph could not find it by that. */
export type Represent = (object: Data) => Representation | null

/** A field to tell, of objects to which it applies. */
type Part = {
  readonly name: string
  readonly applies: (typename: unknown) => boolean
  readonly read: (object: Data) => unknown
}

const nothing: readonly string[] = []

/**
 * Compiles the `requires` of a fetch. Of an interface object a plan tells of all what it needs for one type, where others
 * lack it: they are found by their key. What was not fetched because something went wrong lacks, too. The schema
 * is the supergraph's own: what is asked of subgraphs may be hidden from clients.
 */
export function compileRepresent(
  schema: GraphQLSchema,
  { requires = [], inputRewrites }: Pick<FetchNode, 'requires' | 'inputRewrites'>,
  keysOf: Keys,
): Represent {
  const merge = createMerge(schema)
  const parts = requires.flatMap((one) => partsOf(schema, one, () => true))
  const keys = typesOf(requires, inputRewrites).flatMap(keysOf)
  const isFound = (told: Data) => keys.some((key) => key.every((name) => Object.hasOwn(told, name)))
  const isUniform = requires.length === 1

  return (object) => {
    const told: Data = {}
    let lacks = nothing
    for (const { name, applies, read } of parts) {
      if (!applies(object.__typename)) continue
      const value = read(object)
      if (value === undefined) lacks = [...lacks, name]
      else if (Object.hasOwn(told, name)) merge(told, { [name]: value })
      else told[name] = value
    }
    if (!told.__typename) return null
    return (isUniform && lacks === nothing) || isFound(told) ? { told, lacks } : null
  }
}

function typesOf(
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] = [],
): string[] {
  const own = requires.map((one) => (one.kind === 'InlineFragment' ? (one.typeCondition ?? '') : ''))
  const renamed = rewrites.map((one) => (one.kind === 'ValueSetter' ? String(one.setValueTo) : ''))
  return [...new Set([...own, ...renamed])]
}

function partsOf(schema: GraphQLSchema, selection: QueryPlanSelectionNode, above: Part['applies']): Part[] {
  if (selection.kind === 'Field') return [{ ...compileField(schema, selection), applies: above }]
  const { typeCondition } = selection
  const own = typeCondition ? createTypeCondition(schema, typeCondition, false) : undefined
  const applies: Part['applies'] = own ? (typename) => above(typename) && own(typename) : above
  return selection.selections.flatMap((one) => partsOf(schema, one, applies))
}

function compileField(
  schema: GraphQLSchema,
  { alias, name, selections }: Extract<QueryPlanSelectionNode, { kind: 'Field' }>,
): Pick<Part, 'name' | 'read'> {
  const own = alias ?? name
  const inside = selections && compileInside(schema, selections)
  return {
    name: own,
    read(object) {
      const value = Object.hasOwn(object, own) ? object[own] : undefined
      return inside ? within(value, inside) : value
    },
  }
}

/** The part of an object inside another one; undefined where anything of that is not known. */
function compileInside(schema: GraphQLSchema, selections: readonly QueryPlanSelectionNode[]) {
  const merge = createMerge(schema)
  const parts = selections.flatMap((one) => partsOf(schema, one, () => true))
  return (object: Data): Data | undefined => {
    const told: Data = {}
    for (const { name, applies, read } of parts) {
      if (!applies(object.__typename)) continue
      const value = read(object)
      if (value === undefined) return undefined
      merge(told, { [name]: value })
    }
    return told
  }
}

/** Of an object its part, of lists that of each item, however deep; undefined where anything is not known. */
function within(value: unknown, inside: (object: Data) => Data | undefined): unknown {
  if (value === null) return null
  if (isObject(value)) return inside(value)
  if (!Array.isArray(value)) return undefined
  const items = value.map((item) => within(item, inside))
  return items.includes(undefined) ? undefined : items
}
