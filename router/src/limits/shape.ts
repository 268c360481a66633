import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql'

/** How large a document may be, its fragments put in where they are spread. */
export type ShapeLimits = { readonly depth: number; readonly aliases: number; readonly directives: number }

/**
 * Refuses what is too large before the rules of the specification look at it: some of them compare each field
 * with each other one, so that a document of two kilobytes can cost half a second. What has passed is kept by
 * Apollo and not looked at again.
 */
export function shapeRule(limits: ShapeLimits): ValidationRule {
  return (context) => ({
    [Kind.DOCUMENT](document) {
      const shape = shapeOf(document)
      const excess = Object.entries(limits).filter(([name, most]) => shape[name as keyof ShapeLimits] > most)
      if (excess.length === 0) return
      for (const [name, most] of excess) context.reportError(new GraphQLError(`${sentences[name]} ${most}`))
      // There is no other way to end a validation: nothing is left for the rules to visit.
      Object.assign(document, { definitions: [] })
    },
  })
}

const sentences: Record<string, string> = {
  depth: 'the operation is nested too deeply; the limit is',
  aliases: 'the operation asks for the same fields too often, by aliases or again; the limit is',
  directives: 'the operation has too many directives; the limit is',
}

/**
 * The depth of its deepest field, how many fields bear an alias or stand there a second time, how many
 * directives there are; of all operations together. Introspection has a limit of its own in graphql's rules and
 * does not count as depth.
 */
export function shapeOf(document: DocumentNode): ShapeLimits {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  }
  /** Each fragment is measured once however often it is spread. A cycle, which is not valid, counts as nothing. */
  const measured = new Map<string, ShapeLimits>()
  const ofFragment = (name: string): ShapeLimits => {
    const known = measured.get(name)
    if (known) return known
    measured.set(name, none)
    const fragment = fragments.get(name)
    const shape = fragment ? plus(of(fragment.selectionSet), fragment.directives) : none
    measured.set(name, shape)
    return shape
  }

  function of(selectionSet: SelectionSetNode): ShapeLimits {
    const names = new Set<string>()
    let total = none
    for (const node of selectionSet.selections) {
      if (node.kind === Kind.FIELD) {
        const inner = node.selectionSet ? of(node.selectionSet) : none
        const name = node.alias?.value ?? node.name.value
        const again = node.alias !== undefined || names.has(name)
        names.add(name)
        const shape = {
          ...inner,
          depth: node.name.value.startsWith('__') ? 0 : inner.depth + 1,
          aliases: inner.aliases + (again ? 1 : 0),
        }
        total = sum(total, plus(shape, node.directives))
      } else {
        const inner = node.kind === Kind.FRAGMENT_SPREAD ? ofFragment(node.name.value) : of(node.selectionSet)
        total = sum(total, plus(inner, node.directives))
      }
    }
    return total
  }

  return document.definitions.reduce((total, node) => {
    if (node.kind !== Kind.OPERATION_DEFINITION) return total
    const variables = node.variableDefinitions?.flatMap(({ directives = [] }) => directives)
    return sum(total, plus(plus(of(node.selectionSet), node.directives), variables))
  }, none)
}

const none: ShapeLimits = { depth: 0, aliases: 0, directives: 0 }

const sum = (one: ShapeLimits, other: ShapeLimits): ShapeLimits => ({
  depth: Math.max(one.depth, other.depth),
  aliases: one.aliases + other.aliases,
  directives: one.directives + other.directives,
})

const plus = (shape: ShapeLimits, directives: readonly DirectiveNode[] = []): ShapeLimits =>
  directives.length === 0 ? shape : { ...shape, directives: shape.directives + directives.length }
