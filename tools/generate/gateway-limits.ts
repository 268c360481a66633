import { type DirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind, visit } from 'graphql'

/** Directives that compose but that the gateway does not carry out, and what would come of it. */
const NOT_CARRIED_OUT: Record<string, string> = {
  authenticated: 'the gateway refuses a supergraph with it; check the caller in the resolver',
  requiresScopes: 'the gateway refuses a supergraph with it; check roles in the resolver',
  policy: 'the gateway refuses a supergraph with it; check the rule in the resolver',
  context: 'the gateway refuses a supergraph with it; pass the value as a field with @requires',
  fromContext: 'the gateway refuses a supergraph with it; pass the value as a field with @requires',
  cost: 'the gateway ignores it, so it would protect nothing',
  listSize: 'the gateway ignores it, so it would protect nothing',
}

type TypeNode = { name: { value: string }; directives?: readonly DirectiveNode[] } & {
  fields?: readonly FieldDefinitionNode[]
}

/**
 * What is valid Federation but goes wrong in the gateway, some of it with wrong data and no error. One sentence
 * for each place, with the reason.
 */
export function gatewayLimits(schema: DocumentNode): string[] {
  const found: string[] = []
  const checkKeys = (type: TypeNode) => {
    if (!type.directives?.some(isReferenceKey)) return
    const keys = type.directives.filter(({ name }) => name.value === 'key').map((key) => text(key, 'fields'))
    const others = type.fields?.filter(({ name }) => !keys.some((key) => words(key).includes(name.value)))
    if (others?.length === 0) return
    const names = others?.map(({ name }) => name.value).join(', ')
    found.push(
      `${type.name.value}: a type with @key(resolvable: false) is a reference and may hold nothing but its keys ` +
        `(here: ${names}), because the gateway may enter it again by that key and give wrong data`,
    )
  }
  visit(schema, {
    [Kind.DIRECTIVE]: {
      enter(directive: DirectiveNode) {
        const name = directive.name.value.replace(/^federation__/, '')
        const why = NOT_CARRIED_OUT[name]
        if (why) found.push(`@${name}: ${why}`)
        if (name === 'requires' && text(directive, 'fields').includes('(')) {
          found.push(
            '@requires of a field with arguments: the gateway drops the arguments and gives wrong data',
          )
        }
      },
    },
    [Kind.OBJECT_TYPE_DEFINITION]: { enter: checkKeys },
    [Kind.OBJECT_TYPE_EXTENSION]: { enter: checkKeys },
  })
  return found
}

function isReferenceKey(directive: DirectiveNode): boolean {
  const resolvable = directive.arguments?.find(({ name }) => name.value === 'resolvable')?.value
  return directive.name.value === 'key' && resolvable?.kind === Kind.BOOLEAN && !resolvable.value
}

function text(directive: DirectiveNode, argument: string): string {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value
  return value?.kind === Kind.STRING ? value.value : ''
}

const words = (fields: string): string[] => fields.match(/\w+/g) ?? []
