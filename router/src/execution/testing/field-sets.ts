import type { Schema } from '@apollo/federation-internals'
import { Kind, parse, type SelectionSetNode } from 'graphql'

/** A field set, as directives of federation have them. */
export type FieldSet = SelectionSetNode

/** A field set, by which directive, and where. */
export type Stated = {
  kind: string
  type: string
  field: string | undefined
  fields: FieldSet
  isResolvable: boolean
}

/** All field sets of a subgraph. */
export function fieldSetsOf(schema: Schema): Stated[] {
  return schema.types().flatMap((type) => {
    const fields = 'fields' in type ? [...type.fields()] : []
    return [type, ...fields].flatMap((one) =>
      one.appliedDirectives.flatMap((directive): Stated[] => {
        const { fields: text, resolvable = true } = directive.arguments()
        if (typeof text !== 'string') return []
        const field = one === type ? undefined : one.name
        return [
          {
            kind: directive.name,
            type: type.name,
            field,
            fields: readFieldSet(text),
            isResolvable: resolvable === true,
          },
        ]
      }),
    )
  })
}

function readFieldSet(text: string): FieldSet {
  const [query] = parse(`{ ${text} }`, { noLocation: true }).definitions
  if (query?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`no field set: ${text}`)
  return query.selectionSet
}

/** The fields of a field set, at its top or wherever. */
export const namesIn = ({ selections }: FieldSet, deep = true): string[] =>
  selections.flatMap((one) => {
    if (one.kind === Kind.FRAGMENT_SPREAD) return []
    const inside =
      one.selectionSet && (deep || one.kind !== Kind.FIELD) ? namesIn(one.selectionSet, deep) : []
    return one.kind === Kind.FIELD ? [one.name.value, ...inside] : inside
  })
