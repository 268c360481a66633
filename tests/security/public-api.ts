import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Supergraph } from '@apollo/federation-internals'
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isScalarType,
  isUnionType,
} from 'graphql'

const root = join(import.meta.dirname, '../..')

/** The schema that clients see. */
export const api = Supergraph.build(readFileSync(join(root, 'router/supergraph.graphql'), 'utf8'))
  .apiSchema()
  .toGraphQLJSSchema()

/** A place where a client can put a string, as `Mutation.registerRoom(input.amenities.0)`. */
export type TextInput = { field: string; path: readonly string[]; scalar: string }

const numbers = ['Int', 'Float', 'Boolean']

/** All of them: arguments of every field, and what input objects have in them. */
export const textInputs: readonly TextInput[] = Object.values(api.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  .flatMap((type) =>
    Object.values(isObjectType(type) ? type.getFields() : {}).map((field) => ({ type, field })),
  )
  .flatMap(({ type, field }) =>
    field.args.flatMap((argument) =>
      leaves(argument.type, [argument.name]).map((leaf) => ({
        field: `${type.name}.${field.name}`,
        ...leaf,
      })),
    ),
  )

function leaves(type: GraphQLInputType, path: readonly string[]): Omit<TextInput, 'field'>[] {
  const present = getNullableType(type)
  if (isListType(present)) return leaves(present.ofType, [...path, '0'])
  if (isInputObjectType(present))
    return Object.values(present.getFields()).flatMap((field) => leaves(field.type, [...path, field.name]))
  return isScalarType(present) && !numbers.includes(present.name) ? [{ path, scalar: present.name }] : []
}

export const nameOf = ({ field, path }: TextInput) => `${field}(${path.join('.')})`

/** The field `Type.field` of the schema. */
export function fieldOf(name: string): GraphQLField<unknown, unknown> {
  const [type = '', field = ''] = name.split('.')
  const found = api.getType(type)
  const its = isObjectType(found) ? found.getFields()[field] : undefined
  if (!its) throw new Error(`the schema has no ${name}`)
  return its
}

/**
 * An operation that asks for `field` with all its arguments as variables, on the shortest way from Query to its type;
 * `start` is the root field of that way, whose arguments are variables, too.
 */
export function operationFor(field: string): { text: string; start: string } {
  const [type = '', name = ''] = field.split('.')
  const isRoot = type === 'Query' || type === 'Mutation'
  const way = isRoot ? [] : wayTo(type)
  const start = isRoot ? field : `Query.${way[0]}`
  const asked = [...(isRoot ? [] : fieldOf(start).args), ...fieldOf(field).args]
  const declared = asked.map((argument) => `$${argument.name}: ${argument.type}`).join(', ')
  const passed = ({ args }: Pick<GraphQLField<unknown, unknown>, 'args'>) =>
    args.length > 0 ? `(${args.map((argument) => `${argument.name}: $${argument.name}`).join(', ')})` : ''
  const innermost = `${name}${passed(fieldOf(field))}${selectionOf(fieldOf(field).type, 2)}`
  const body = way.reduceRight(
    (inner, step, index) => `${step}${index === 0 ? passed(fieldOf(start)) : ''} { ${inner} }`,
    innermost,
  )
  return { text: `${type === 'Mutation' ? 'mutation' : 'query'} (${declared}) { ${body} }`, start }
}

function wayTo(type: string): string[] {
  const open: { type: string; way: string[] }[] = [{ type: 'Query', way: [] }]
  const seen = new Set(['Query'])
  for (let next = open.shift(); next; next = open.shift()) {
    if (next.type === type) return next.way
    const its = api.getType(next.type)
    for (const field of isObjectType(its) ? Object.values(its.getFields()) : []) {
      const to = getNamedType(field.type).name
      if (seen.has(to) || (next.way.length > 0 && field.args.some(isRequiredArgument))) continue
      seen.add(to)
      open.push({ type: to, way: [...next.way, field.name] })
    }
  }
  throw new Error(`no way leads from Query to ${type}`)
}

/** Links to what another subgraph keeps, which would be asked for it. */
const elsewhere = /^(Complaint[.](booking|room)|Booking[.](room|payment)|Room[.](popularity|host))$/

/** All that can be asked of a type without arguments, so many levels deep. */
export function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type)
  if (isUnionType(named)) {
    const members = named.getTypes().map((member) => `... on ${member.name}${selectionOf(member, depth)}`)
    return ` { __typename ${members.join(' ')} }`
  }
  if (!isObjectType(named) && !isInterfaceType(named)) return ''
  const parts = Object.values(named.getFields())
    .filter((field) => field.args.length === 0 && !elsewhere.test(`${named.name}.${field.name}`))
    .map((field) => ({ name: field.name, inner: depth > 0 ? selectionOf(field.type, depth - 1) : '', field }))
    .filter(({ inner, field }) => inner !== '' || isLeaf(field.type))
  return ` { __typename ${parts.map(({ name, inner, field }) => `${aliasOf(named.name, name, field)}${inner}`).join(' ')} }`
}

/** Members of a union may say the same field with different types, which GraphQL takes only under other names. */
function aliasOf(type: string, name: string, { type: its }: GraphQLField<unknown, unknown>): string {
  return isObjectType(getNamedType(its)) ? `${type}_${name}: ${name}` : name
}

const isLeaf = (type: GraphQLOutputType) => {
  const named = getNamedType(type)
  return !isObjectType(named) && !isInterfaceType(named) && !isUnionType(named)
}
