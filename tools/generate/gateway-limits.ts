import { type DirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind, visit } from 'graphql'

const refused = 'the gateway refuses a supergraph with it'
const ignored = 'the gateway ignores it, so that it would protect nothing'

/**
 * Directives that compose but that the gateway (2.14) does not carry out: what would come of it, and what to write
 * instead.
 */
const NOT_CARRIED_OUT: Record<string, string> = {
  authenticated: `${refused}; check the caller in the resolver`,
  requiresScopes: `${refused}; check roles in the resolver`,
  policy: `${refused}; check the rule in the resolver`,
  context: `${refused}; give the type the value as a field and read it by @requires`,
  fromContext: `${refused}; give the type the value as a field and read it by @requires`,
  cacheTag: `${refused}; say in the resolver how long an answer may be kept`,
  connect: `${refused}; write a resolver that calls the other system`,
  source: `${refused}; write a resolver that calls the other system`,
  cost: `${ignored}; the router counts objects: give the list a "first"`,
  listSize: `${ignored}; the router counts by "first": give the list one`,
}

type TypeNode = { name: { value: string }; directives?: readonly DirectiveNode[] } & {
  fields?: readonly FieldDefinitionNode[]
}

/**
 * What is valid Federation but goes wrong in the gateway, some of it with wrong data and no error. One sentence
 * for each place, with the reason and what to write instead.
 */
export function gatewayLimits(schema: DocumentNode): string[] {
  const found: string[] = []
  const nameOf = namesOf(schema)
  /** A type with all its extensions, as its keys and fields may be in different ones. */
  const types = new Map<string, TypeNode[]>()
  const add = (type: TypeNode) => {
    types.set(type.name.value, [...(types.get(type.name.value) ?? []), type])
  }
  const checkKeys = (name: string, nodes: readonly TypeNode[]) => {
    const keys = nodes.flatMap(({ directives = [] }) => directives.filter((one) => nameOf(one) === 'key'))
    if (keys.length === 0 || !keys.every((key) => isFalse(key, 'resolvable'))) return
    const fields = nodes.flatMap((node) => node.fields ?? [])
    const needing = fields.filter(({ directives = [] }) =>
      directives.some((one) => nameOf(one) === 'requires'),
    )
    if (needing.length === 0) return
    found.push(
      `${name}: a type whose keys are all resolvable: false cannot have a field with @requires (here: ` +
        `${needing.map(({ name }) => name.value).join(', ')}), because the gateway comes back to it by such a key, ` +
        'which finds nothing; leave resolvable out of one key and resolve references by it',
    )
  }
  const checkRoot = ({ name }: { name: { value: string } }) => {
    if (name.value !== 'Subscription') return
    found.push(
      'Subscription: the gateway does not execute subscriptions; write a query that clients ask again, and publish ' +
        'an event for services',
    )
  }
  visit(schema, {
    [Kind.DIRECTIVE]: {
      enter(directive: DirectiveNode) {
        const name = nameOf(directive)
        const why = NOT_CARRIED_OUT[name]
        if (why) found.push(`@${name}: ${why}`)
        if (name === 'requires' && text(directive, 'fields').includes('(')) {
          found.push(
            '@requires of a field with arguments: the gateway takes the value of whatever arguments the client sent, ' +
              'which is wrong data; require a field without arguments that gives this value',
          )
        }
        if (name === 'override' && directive.arguments?.some((argument) => argument.name.value === 'label')) {
          found.push(
            '@override with a label: the gateway never switches it on, so that the field stays where it was; leave ' +
              'the label out when the field moves',
          )
        }
      },
    },
    [Kind.OBJECT_TYPE_DEFINITION]: {
      enter(type) {
        add(type)
        checkRoot(type)
      },
    },
    [Kind.OBJECT_TYPE_EXTENSION]: {
      enter(type) {
        add(type)
        checkRoot(type)
      },
    },
    [Kind.OPERATION_TYPE_DEFINITION]: {
      enter({ operation, type }) {
        if (operation === 'subscription' && type.name.value !== 'Subscription')
          checkRoot({ name: { value: 'Subscription' } })
      },
    },
  })
  for (const [name, nodes] of types) checkKeys(name, nodes)
  return [...new Set(found)]
}

/** What a directive is called in the specification that it comes from, whatever `@link` made of its name. */
export function namesOf(schema: DocumentNode): (directive: DirectiveNode) => string {
  const original = new Map<string, string>()
  const prefixes = ['federation']
  visit(schema, {
    [Kind.DIRECTIVE](directive: DirectiveNode) {
      if (directive.name.value !== 'link') return
      const prefix = text(directive, 'as')
      if (prefix) prefixes.push(prefix)
      const imported = directive.arguments?.find(({ name }) => name.value === 'import')?.value
      for (const one of imported?.kind === Kind.LIST ? imported.values : []) {
        if (one.kind !== Kind.OBJECT) continue
        const part = (name: string) => {
          const value = one.fields.find((field) => field.name.value === name)?.value
          return value?.kind === Kind.STRING ? value.value.replace(/^@/, '') : ''
        }
        original.set(part('as'), part('name'))
      }
    },
  })
  const prefixed = new RegExp(`^(?:${prefixes.join('|')})__`)
  return ({ name }) => original.get(name.value) ?? name.value.replace(prefixed, '')
}

function isFalse(directive: DirectiveNode, argument: string): boolean {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value
  return value?.kind === Kind.BOOLEAN && !value.value
}

/** An argument's text; empty where there is none. */
export function text(directive: DirectiveNode, argument: string): string {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value
  return value?.kind === Kind.STRING ? value.value : ''
}

/** The names in a set of fields. */
export const words = (fields: string): string[] => fields.match(/\w+/g) ?? []
