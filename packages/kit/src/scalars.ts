import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { isCurrency } from './currency.ts'

function refuse(name: string, description: string, value: unknown): never {
  const given = typeof value === 'string' ? `: ${JSON.stringify(value.slice(0, 60))}` : ''
  throw new GraphQLError(`not a ${name} (${description})${given}`, {
    extensions: { code: 'BAD_USER_INPUT' },
  })
}

function scalar(name: string, description: string, check: (value: string) => boolean): GraphQLScalarType {
  const parse = (value: unknown): string =>
    typeof value === 'string' && check(value) ? value : refuse(name, description, value)
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => (value instanceof Date ? value.toISOString() : value),
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
  })
}

/** An integer of more than the 32 bits of Int: all that a JSON number, which is a double, holds exactly. */
function integer(name: string, description: string): GraphQLScalarType {
  // Adding 0 makes 0 of -0, which JSON would write as 0 all the same.
  const isOne = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value)
  const parse = (value: unknown): number =>
    isOne(value) ? Number(value) + 0 : refuse(name, description, value)
  return new GraphQLScalarType({
    name,
    description,
    // What we answer wrongly is no client's mistake.
    serialize(value) {
      if (isOne(value)) return value
      throw new TypeError(`a resolver answered what is no ${name}`)
    },
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.INT ? Number(node.value) : undefined),
  })
}

function isCalendarDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || value < '1000-01-01') return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}

const isInstant = (value: string) =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value) &&
  !Number.isNaN(Date.parse(value))

/** The scalars that every subgraph shares; the router reads them, too. */
export const scalars = {
  Date: scalar('Date', 'ISO 8601 calendar date, 2027-02-28', isCalendarDate),
  DateTime: scalar('DateTime', 'ISO 8601 instant, 2027-02-28T12:00:00Z', isInstant),
  Currency: scalar(
    'Currency',
    'ISO 4217 code of a currency in use that has a minor unit, in upper case, EUR',
    isCurrency,
  ),
  MinorUnits: integer('MinorUnits', 'integer from -9007199254740991 to 9007199254740991'),
}
