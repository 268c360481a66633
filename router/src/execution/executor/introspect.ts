import {
  executeSync,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { type Asked, isIntrospection } from '../planning/prepare.ts'
import type { Data } from './data.ts'

/** Answers what a query asks of the schema itself, `__schema` and `__type`, by the client's names. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => Data | null

/** Compiles it; undefined where nothing is asked of the schema. */
export function compileIntrospection(
  schema: GraphQLSchema,
  { operation, fragments }: Asked,
): Introspect | undefined {
  if (operation.operation !== OperationTypeNode.QUERY) return undefined
  const spread = new Set<string>()
  const selectionSet = onlyIntrospection(operation.selectionSet)
  if (!selectionSet) return undefined

  /** Selections at the root, also those in fragments, each once, without all that subgraphs answer. */
  function onlyIntrospection({ selections, ...rest }: SelectionSetNode): SelectionSetNode | undefined {
    const left = selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FIELD) return isIntrospection(selection) ? [selection] : []
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(selection.name.value)) return []
        spread.add(selection.name.value)
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      const inside = fragment && onlyIntrospection(fragment.selectionSet)
      return inside ? [{ kind: Kind.INLINE_FRAGMENT, selectionSet: inside }] : []
    })
    return left.length > 0 ? { ...rest, selections: left } : undefined
  }

  const query: OperationDefinitionNode = { ...operation, selectionSet }
  const document = { kind: Kind.DOCUMENT, definitions: [query, ...fragments.values()] } as const
  return (variableValues) => executeSync({ schema, document, variableValues }).data ?? null
}
