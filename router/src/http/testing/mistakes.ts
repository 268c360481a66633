import {
  astFromValue,
  type GraphQLInputType,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import type { Choose, RandomOperation } from '../../execution/testing/operations.ts'

/** What a client sends as JSON. */
export type Body = Readonly<Record<string, unknown>>

/** Makes a mistake of what was right; null where it offers no occasion for this one. */
type Mistake = (operation: RandomOperation, schema: GraphQLSchema, choose: Choose) => Body | null

const rewritten =
  (change: (text: string) => string): Mistake =>
  ({ query, variables }) => ({
    query: change(query),
    variables,
  })

/** Mistakes that leave nothing valid, by what they are. */
export const mistakes: Readonly<Record<string, Mistake>> = {
  'null for a variable that may be null, where none may be': nullWithDefault,
  'null for a variable that may not be null': ofVariable(isNeeded, (name) => ({ [name]: null })),
  'a variable left out': ofVariable(
    (definition) => isNeeded(definition) && !definition.defaultValue,
    (name) => ({ [name]: undefined }),
  ),
  'a value of no type': ofVariable(
    () => true,
    (name) => ({ [name]: { nope: [{}] } }),
  ),
  'variables that are no object': ({ query, variables }) => ({ query, variables: [variables] }),
  'an unknown operation': (operation) => ({ ...operation, operationName: 'Nope' }),
  'two operations and no name': rewritten((text) => `${text} query Other { __typename }`),
  'two operations of one name': rewritten((text) => `${text} query Random { __typename }`),
  'a subscription': rewritten((text) => text.replace(/^\w+/, 'subscription')),
  'a subscription beside it': rewritten((text) => `${text} subscription Other { x }`),
  'an unknown field': rewritten((text) => text.replace('{', '{ nope')),
  'an unknown directive': rewritten((text) => text.replace(/\{(?=[^{]*$)/, '@nope {')),
  'a fragment that spreads itself': rewritten(
    (text) => `${text.replace('{', '{ ...again ')} fragment again on Query { ...again }`,
  ),
  'an unknown fragment': rewritten((text) => text.replace('{', '{ ...nope ')),
  'an unused variable': rewritten((text) =>
    text.replace(/^(\w+ \w+)(\(?)/, (_, head, open) => `${head}($nope: Int${open ? ' ' : ')'}`),
  ),
  'a variable that nobody declared': rewritten((text) => text.replace('{', '{ __typename @skip(if: $nope) ')),
  'half of it': rewritten((text) => text.slice(0, text.lastIndexOf('}'))),
}

/** A text of which a piece is missing, stands there twice or was replaced: mostly not valid. */
export function mutilated({ query, variables }: RandomOperation, choose: Choose): Body {
  const at = choose(query.length)
  const piece = query.slice(at, at + 1 + choose(11))
  const others = [
    '',
    `${piece}${piece}`,
    '{',
    '}',
    '(',
    '"',
    '"""',
    '$',
    '@',
    '...',
    '#',
    '\0',
    ' on ',
    '[[',
    '1e999',
    '__proto__',
    'null',
  ]
  const instead = others[choose(others.length - 1)] ?? ''
  return { query: query.slice(0, at) + instead + query.slice(at + piece.length), variables }
}

const operationOf = ({ query }: RandomOperation) => {
  const document = parse(query)
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  return { document, operation: operation as OperationDefinitionNode }
}

function isNeeded({ type }: VariableDefinitionNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE
}

function ofVariable(
  isMeant: (definition: VariableDefinitionNode) => boolean,
  change: (name: string) => Record<string, unknown>,
): Mistake {
  return (operation, _, choose) => {
    const { variableDefinitions = [] } = operationOf(operation).operation
    const meant = variableDefinitions.filter(isMeant)
    const name = meant[choose(Math.max(0, meant.length - 1))]?.variable.name.value
    return name === undefined
      ? null
      : { query: operation.query, variables: { ...operation.variables, ...change(name) } }
  }
}

/** A variable that may not be null gets its value as a default instead, by which it may stand where it stood, and null. */
function nullWithDefault(...[operation, schema]: Parameters<Mistake>): Body | null {
  // What is skipped may be null.
  if (operation.query.includes('@')) return null
  const { document, operation: node } = operationOf(operation)
  const needed = node.variableDefinitions?.find(isNeeded)
  if (needed?.type.kind !== Kind.NON_NULL_TYPE) return null
  const name = needed.variable.name.value
  const type = typeFromAST(schema, needed.type.type as never) as GraphQLInputType
  const defaultValue = astFromValue(operation.variables[name], isNonNullType(type) ? type.ofType : type)
  if (!defaultValue) return null
  const eased = { ...needed, type: needed.type.type, defaultValue } as VariableDefinitionNode
  const variableDefinitions = node.variableDefinitions?.map((one) => (one === needed ? eased : one))
  const definitions = document.definitions.map((one) =>
    one === node ? { ...node, variableDefinitions } : one,
  )
  return { query: print({ ...document, definitions }), variables: { ...operation.variables, [name]: null } }
}
