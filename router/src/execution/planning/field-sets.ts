import type { Schema, Supergraph } from '@apollo/federation-internals'
import { type FieldNode, Kind, parse, visit } from 'graphql'

/** The keys by which a subgraph finds objects of a type: of each the fields at its top. */
export type Keys = (type: string) => readonly (readonly string[])[]

/** What a subgraph is told of an object: to find it, and for each field that needs something of others. */
export type FieldSets = {
  readonly keysOf: Keys
  /** The fields at the top of what a field of this name needs. */
  readonly needsOf: (field: string) => readonly string[]
}

/** Reads the field sets of each subgraph. */
export function fieldSetsOf(supergraph: Supergraph): (subgraph: string) => FieldSets {
  const known = new Map([...supergraph.subgraphs()].map(({ name, schema }) => [name, read(schema)]))
  return (subgraph) => {
    const fieldSets = known.get(subgraph)
    if (!fieldSets) throw new Error(`there is no subgraph ${subgraph}`)
    return fieldSets
  }
}

/** All that a field of this name is made of, in whatever subgraph, and what that is made of. */
export type Needs = (field: string) => ReadonlySet<string>

export function needsOf(supergraph: Supergraph): Needs {
  const own = [...supergraph.subgraphs()].map(({ schema }) => read(schema))
  const known = new Map<string, Set<string>>()

  function all(field: string): Set<string> {
    const found = known.get(field)
    if (found) return found
    const needs = new Set(own.flatMap((one) => one.needsOf(field)))
    // Known before it is complete, so that what needs itself comes to an end.
    known.set(field, needs)
    for (const one of [...needs]) for (const more of all(one)) needs.add(more)
    return needs
  }
  return all
}

function read(schema: Schema): FieldSets {
  const keys = new Map<string, string[][]>()
  const needs = new Map<string, string[]>()
  for (const type of schema.types()) {
    keys.set(
      type.name,
      type.appliedDirectivesOf('key').map((key) => topOf(String(key.arguments().fields))),
    )
    for (const field of 'fields' in type ? type.fields() : []) {
      const texts = field.appliedDirectivesOf('requires').map((one) => String(one.arguments().fields))
      if (texts.length > 0) needs.set(field.name, [...(needs.get(field.name) ?? []), ...texts.flatMap(topOf)])
    }
  }
  return { keysOf: (type) => keys.get(type) ?? [], needsOf: (field) => needs.get(field) ?? [] }
}

/** The names at the top of a field set, also in fragments. */
function topOf(fieldSet: string): string[] {
  return namesIn(fieldSet, (): false => false)
}

/** The names of fields in a selection, whose insides are visited or not. */
export function namesIn(
  fieldSet: string,
  inside: (field: FieldNode) => false | undefined = () => undefined,
): string[] {
  const names: string[] = []
  visit(parse(`{ ${fieldSet} }`), {
    [Kind.FIELD]: (field) => {
      names.push(field.name.value)
      return inside(field)
    },
  })
  return names
}
