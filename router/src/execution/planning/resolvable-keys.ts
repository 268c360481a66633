import {
  type ConstDirectiveNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql'

type Typed = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode

/**
 * A supergraph without the keys by which a subgraph finds no objects (`resolvable: false`), where it finds them by
 * others: the planner comes back to a subgraph for what `@requires` by the first key that it sees, such a one too.
 */
export function withoutUnresolvableKeys(sdl: string): string {
  if (!/resolvable:\s*false/.test(sdl)) return sdl
  return print(
    visit(parse(sdl, { noLocation: true }), { ObjectTypeDefinition: strip, InterfaceTypeDefinition: strip }),
  )
}

function strip(type: Typed): Typed | undefined {
  const { directives = [] } = type
  const found = new Set(directives.filter(isKey).filter(isResolvable).map(graphOf))
  const left = directives.filter((one) => !isKey(one) || isResolvable(one) || !found.has(graphOf(one)))
  return left.length === directives.length ? undefined : { ...type, directives: left }
}

const argumentOf = ({ arguments: given = [] }: ConstDirectiveNode, name: string) =>
  given.find((argument) => argument.name.value === name)?.value

const isKey = (directive: ConstDirectiveNode) =>
  directive.name.value === 'join__type' && argumentOf(directive, 'key') !== undefined

function isResolvable(directive: ConstDirectiveNode): boolean {
  const value = argumentOf(directive, 'resolvable')
  return value?.kind !== Kind.BOOLEAN || value.value
}

function graphOf(directive: ConstDirectiveNode): string {
  const graph = argumentOf(directive, 'graph')
  return graph?.kind === Kind.ENUM ? graph.value : ''
}
