import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { isInherited } from '../executor/data.ts'
import { type Flags, isIncluded } from './conditions.ts'

/** An operation as a client sent it, without what its variables say is skipped. */
export type Asked = {
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

type Variables = Readonly<Record<string, unknown>>

/** An operation made ready to be planned. */
export type Prepared = {
  readonly asked: Asked
  /** What is planned: of the client's response names only those that cannot be mistaken for a plan's are left. */
  readonly document: DocumentNode
  /** The name under which a field of `asked` stands in the results of what is planned. */
  readonly plannedName: (field: FieldNode) => string
  /** The variables as what is planned names them. */
  readonly plannedVariables: (given: Variables) => Variables
  /** The client's name of such a name, for paths of errors. */
  readonly clientName: (planned: string) => string
}

export type PrepareOptions = {
  /** What begins the names that are given here: no field of the schema does. */
  readonly prefix: string
  /** Fields that plans fetch for themselves, for keys and `@requires`: always without arguments, as themselves. */
  readonly fetchedByPlans: ReadonlySet<string>
}

/**
 * Plans fetch fields for themselves, under the fields' own names, into the same objects as the client's. So that
 * neither is taken for the other, a field keeps its own name only where it is what a plan would fetch by that name;
 * all others get one that no plan uses. What is skipped leaves the operation before it is planned: a plan made for both
 * cases would not fetch what `@requires` needs, or would leave out a mutation of which nothing is asked.
 */
export function prepare(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  flags: Flags,
  { prefix, fetchedByPlans }: PrepareOptions,
): Prepared {
  const clientNames = new Map<string, string>()
  const plannedNames = new Map<string, string>()

  function plannedName({ name, alias, arguments: given = [] }: FieldNode): string {
    const field = name.value
    if (field === '__typename') return field
    const client = alias?.value ?? field
    const isItself = client === field && (given.length === 0 || !fetchedByPlans.has(field))
    if (isItself && !isInherited(field)) return field
    let planned = plannedNames.get(client)
    if (!planned) {
      planned = `${prefix}${plannedNames.size}`
      plannedNames.set(client, planned)
      clientNames.set(planned, client)
    }
    return planned
  }

  /** Without what is skipped; what is left of no selection asks whether the object is there. */
  function prepareSelections({ selections, ...rest }: SelectionSetNode): SelectionSetNode {
    const planned = selections.flatMap(prepareSelection)
    return { ...rest, selections: planned.length > 0 ? planned : [typename] }
  }

  function prepareSelection(selection: SelectionNode): SelectionNode[] {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection]
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return [{ ...selection, selectionSet: prepareSelections(selection.selectionSet) }]
    }
    // Answered from the schema, see introspect.ts.
    if (isIntrospection(selection)) return []
    const planned = plannedName(selection)
    const { alias: _, selectionSet, ...field } = selection
    return [
      {
        ...field,
        ...(planned !== field.name.value && { alias: { kind: Kind.NAME, value: planned } }),
        ...(selectionSet && { selectionSet: prepareSelections(selectionSet) }),
      },
    ]
  }

  const ownVariable = `${prefix}${representations}`
  /** Fetches of entities have a variable of this name. */
  const hasTheirs = operation.variableDefinitions?.some(
    ({ variable }) => variable.name.value === representations,
  )
  const plannedVariables = (given: Variables) =>
    Object.hasOwn(given, representations) ? { ...given, [ownVariable]: given[representations] } : given

  const asked = inOrder(withoutSkipped(document, operation, flags))
  const { operation: left, fragments } = asked
  const planned: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [left, ...fragments.values()].map((one) => ({
      ...one,
      selectionSet: prepareSelections(one.selectionSet),
    })),
  }
  return {
    asked,
    document: hasTheirs ? renameVariable(planned, representations, ownVariable) : planned,
    plannedName,
    plannedVariables: hasTheirs ? plannedVariables : (given) => given,
    clientName: (planned) => clientNames.get(planned) ?? planned,
  }
}

/**
 * What a mutation executes, one field after the other in the client's order: plans order anew what is in fragments. All
 * that is in one at the root is of the one type that there is, so that they are not needed.
 */
function inOrder({ operation, fragments }: Asked): Asked {
  if (operation.operation !== OperationTypeNode.MUTATION) return { operation, fragments }
  const fields = new Map<string, FieldNode[]>()
  const others = new Map(fragments)

  function collect({ selections }: SelectionSetNode) {
    for (const one of selections) {
      if (one.kind === Kind.FIELD) {
        const name = one.alias?.value ?? one.name.value
        fields.set(name, [...(fields.get(name) ?? []), one])
        continue
      }
      const fragment = one.kind === Kind.FRAGMENT_SPREAD ? others.get(one.name.value) : one
      if (one.kind === Kind.FRAGMENT_SPREAD) others.delete(one.name.value)
      if (fragment) collect(fragment.selectionSet)
    }
  }

  collect(operation.selectionSet)
  const selectionSet = { ...operation.selectionSet, selections: [...fields.values()].map(together) }
  return { operation: { ...operation, selectionSet }, fragments: others }
}

/** One field of several that are the same. */
function together(nodes: readonly FieldNode[]): FieldNode {
  const [first] = nodes as [FieldNode]
  if (!first.selectionSet) return first
  const selections = nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
  return { ...first, selectionSet: { ...first.selectionSet, selections } }
}

const representations = 'representations'

const renameVariable = (document: DocumentNode, from: string, to: string): DocumentNode =>
  visit(document, {
    [Kind.VARIABLE]: (variable) =>
      variable.name.value === from ? { ...variable, name: { ...variable.name, value: to } } : undefined,
  })

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

/** A field that the schema itself answers. */
export const isIntrospection = ({ name }: FieldNode) => name.value === '__schema' || name.value === '__type'

/** An operation with the fragments that it uses; selections that are skipped are left out, with their conditions. */
function withoutSkipped(document: DocumentNode, operation: OperationDefinitionNode, flags: Flags): Asked {
  const defined = new Map<string, FragmentDefinitionNode>()
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) defined.set(one.name.value, one)
  }
  const fragments = new Map<string, FragmentDefinitionNode>()

  function include({ selections, ...rest }: SelectionSetNode): SelectionSetNode {
    return {
      ...rest,
      selections: selections
        .filter((one) => isIncluded(one, flags))
        .map(({ directives: _, ...one }) => {
          if (one.kind === Kind.FRAGMENT_SPREAD) {
            define(one.name.value)
            return one
          }
          return one.selectionSet ? { ...one, selectionSet: include(one.selectionSet) } : one
        }) as SelectionNode[],
    }
  }

  function define(name: string) {
    const fragment = defined.get(name)
    if (!fragment || fragments.has(name)) return
    fragments.set(name, fragment)
    fragments.set(name, { ...fragment, selectionSet: include(fragment.selectionSet) })
  }

  return { operation: { ...operation, selectionSet: include(operation.selectionSet) }, fragments }
}
