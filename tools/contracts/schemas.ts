import {
  type ASTNode,
  BreakingChangeType,
  buildASTSchema,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isInputObjectType,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  validate,
  visit,
} from 'graphql'

/** A subgraph need not have a query of its own; a schema needs one. */
const SOME_QUERY = 'type Query { _service: String }'

/** The schema of a text, which may use directives of federation. */
export function schemaOf(text: string): GraphQLSchema {
  const whole = /^(extend )?type Query\b/m.test(text) ? text : `${text}\n${SOME_QUERY}`
  return buildASTSchema(parse(whole), { assumeValidSDL: true })
}

/** What a client of the schema `before` would miss in the one `now`, a sentence each. */
export function takenBack(before: GraphQLSchema, now: GraphQLSchema): string[] {
  return [
    ...findBreakingChanges(before, now).map(inWords),
    // Who leaves an argument out gets another answer.
    ...findDangerousChanges(before, now)
      .filter(({ type }) => type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE)
      .map(inWords),
    ...changedDefaults(before, now),
  ]
}

/** What a client of the schema `before` may meet for the first time in the one `now`: it has to bear it. */
export const added = (before: GraphQLSchema, now: GraphQLSchema): string[] =>
  findDangerousChanges(before, now)
    .filter(({ type }) => type !== DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE)
    .map(inWords)

const inWords = ({ type, description }: { type: string; description: string }) =>
  `${description.replace(/[.]$/, '')} (${type})`

/** graphql-js looks at the defaults of arguments alone. */
function changedDefaults(before: GraphQLSchema, now: GraphQLSchema): string[] {
  return Object.values(before.getTypeMap()).flatMap((type) => {
    const same = now.getType(type.name)
    if (!isInputObjectType(type) || !isInputObjectType(same)) return []
    const fields = same.getFields()
    return Object.values(type.getFields()).flatMap(({ name, defaultValue }) => {
      const present = fields[name]
      return !present || JSON.stringify(present.defaultValue) === JSON.stringify(defaultValue)
        ? []
        : [`${type.name}.${name} has changed its default (INPUT_FIELD_DEFAULT_VALUE_CHANGE)`]
    })
  })
}

/**
 * What a router that knows a subgraph as `before` would miss in the one `now`: during a roll-out it asks new replicas.
 * It asks for what clients see, and by every key; what is for services alone is asked for by their documents.
 */
export function missedByRouters(before: string, now: string): string[] {
  const seen = print(visit(parse(before), { enter: (node) => (isForServices(node) ? null : undefined) }))
  const missing = findBreakingChanges(schemaOf(seen), schemaOf(now))
    .filter(({ type }) => type !== BreakingChangeType.DIRECTIVE_REMOVED)
    .map(inWords)
  const keys = keysOf(now)
  const lost = [...keysOf(before)].filter((key) => !keys.has(key))
  return [...missing, ...lost.map((key) => `${key} is a key no more`)]
}

const isForServices = (node: ASTNode) =>
  'directives' in node && (node.directives ?? []).some(({ name }) => name.value === 'inaccessible')

/** `Room(id)` for each key by which objects can be asked for. */
function keysOf(text: string): Set<string> {
  const types = parse(text).definitions.filter(
    (node): node is ObjectTypeDefinitionNode => node.kind === 'ObjectTypeDefinition',
  )
  return new Set(
    types.flatMap(({ name, directives = [] }) =>
      directives
        .filter((directive) => directive.name.value === 'key')
        .map((directive) => directive.arguments?.map(({ value }) => print(value)) ?? [])
        .filter((values) => !values.includes('false'))
        .map(([fields = '']) => `${name.value}(${fields.replaceAll('"', '')})`),
    ),
  )
}

/** Why the callee does not answer a document, a sentence for each place. */
export const unanswered = (document: string, callee: string): string[] =>
  validate(schemaOf(callee), parse(document)).map(({ message }) => message)
