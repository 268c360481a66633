import {
  type BooleanValueNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  valueFromASTUntyped,
  visit,
} from 'graphql'

/** Values of the variables that decide what of an operation is executed. */
export type Flags = ReadonlyMap<string, boolean>

const none: Flags = new Map()
const names = new WeakMap<OperationDefinitionNode, readonly Flag[]>()

type Flag = { readonly name: string; readonly byDefault: unknown }

/** The variables on which `@skip` and `@include` of an operation depend, in the order in which they come. */
export function flagsOf(document: DocumentNode, operation: OperationDefinitionNode): readonly Flag[] {
  const known = names.get(operation)
  if (known) return known
  const defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue && valueFromASTUntyped(defaultValue),
    ]),
  )
  const found = new Set<string>()
  visit(document, {
    [Kind.DIRECTIVE](directive) {
      const condition = conditionOf(directive)
      // Fragments of the document's other operations have variables that this one does not declare.
      if (condition?.kind === Kind.VARIABLE && defaults.has(condition.name.value)) {
        found.add(condition.name.value)
      }
    },
  })
  const flags = [...found].map((name) => ({ name, byDefault: defaults.get(name) }))
  names.set(operation, flags)
  return flags
}

/**
 * The values that a request has for them.
 * @throws where one is no boolean, which the check of variables lets nobody ask for
 */
export function readFlags(flags: readonly Flag[], variables: Readonly<Record<string, unknown>>): Flags {
  if (flags.length === 0) return none
  return new Map(
    flags.map(({ name, byDefault }) => {
      const given = Object.hasOwn(variables, name) ? variables[name] : undefined
      const value = given === undefined ? byDefault : given
      if (typeof value !== 'boolean') {
        throw new Error(`the variable $${name} decides what is skipped, it is ${value}`)
      }
      return [name, value]
    }),
  )
}

/** Whether a selection is part of the operation. */
export function isIncluded({ directives = [] }: SelectionNode, flags: Flags): boolean {
  return directives.every((directive) => {
    const condition = conditionOf(directive)
    if (!condition) return true
    const value = condition.kind === Kind.VARIABLE ? flags.get(condition.name.value) : isTrue(condition)
    return directive.name.value === 'skip' ? !value : value
  })
}

const isTrue = (value: { kind: Kind }) => value.kind === Kind.BOOLEAN && (value as BooleanValueNode).value

function conditionOf({ name, arguments: given = [] }: DirectiveNode) {
  if (name.value !== 'skip' && name.value !== 'include') return undefined
  return given.find((argument) => argument.name.value === 'if')?.value
}
