import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { Asked } from '../planning/prepare.ts'

/** A field of an object, as often as it is asked for; `parent` is the type that has it. */
export type Group = { readonly nodes: FieldNode[]; readonly parent: GraphQLCompositeType }

/** The fields that are asked of an object. */
export type Collected = {
  /** By their response names, in the client's order. */
  readonly groups: ReadonlyMap<string, Group>
  /** Whether there are more where the object is of one type, and not where it is of another. */
  readonly depends: boolean
}

/**
 * Collects fields through all fragments that apply. `runtime` is the object's own type; where nobody knows it, what is
 * asked of every object of `parent` applies.
 */
export type Collect = (
  selectionSets: readonly SelectionSetNode[],
  parent: GraphQLCompositeType,
  runtime: GraphQLObjectType | undefined,
) => Collected

export function createCollect(schema: GraphQLSchema, { fragments }: Asked): Collect {
  return (selectionSets, parent, runtime) => {
    const groups = new Map<string, Group>()
    const spread = new Set<string>()
    let depends = false

    function collect({ selections }: SelectionSetNode, parent: GraphQLCompositeType): void {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) {
          const name = selection.alias?.value ?? selection.name.value
          const group = groups.get(name)
          if (group) group.nodes.push(selection)
          else groups.set(name, { nodes: [selection], parent: runtime ?? parent })
          continue
        }
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          if (spread.has(selection.name.value)) continue
          spread.add(selection.name.value)
        }
        const fragment =
          selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
        if (!fragment) continue
        const condition = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : parent
        if (applies(condition as GraphQLCompositeType, runtime ?? parent)) {
          collect(fragment.selectionSet, condition as GraphQLCompositeType)
        } else if (!runtime) depends = true
      }
    }

    for (const selectionSet of selectionSets) collect(selectionSet, parent)
    return { groups, depends }
  }

  function applies(condition: GraphQLCompositeType, type: GraphQLCompositeType): boolean {
    if (condition === type) return true
    return isAbstractType(condition) && !isUnionType(type) && schema.isSubType(condition, type)
  }
}
