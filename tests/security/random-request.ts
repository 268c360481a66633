import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { inDays } from '../system/hotel.ts'
import { bigList, nasty } from './naughty.ts'
import { api } from './public-api.ts'

/** A request as a client sends it: in whose name, and the body. */
export type Request = { account: string | null; body: string }

/** Ids of things that there are, so that more comes of a request than "no such thing". */
export type Known = readonly string[]

/** A name that is written without quotes. */
class Name {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
  toJSON() {
    return this.name
  }
}

/** Where chance comes from: bytes that fast-check has drawn, read from the beginning; behind their end all is 0. */
export function tape(bytes: Uint8Array) {
  let position = 0
  const byte = () => bytes[position++] ?? 0
  /** 0 to `most`. */
  const nat = (most: number) => (most === 0 ? 0 : ((byte() << 16) | (byte() << 8) | byte()) % (most + 1))
  return {
    nat,
    between: (least: number, most: number) => least + nat(most - least),
    oneOf: <Value>(...values: readonly Value[]) => values[nat(values.length - 1)] as Value,
    /** True in so many of a hundred. */
    chance: (percent: number) => nat(99) < percent,
    text: () => Array.from({ length: nat(20) }, () => String.fromCodePoint(nat(0x10ffff))).join(''),
  }
}

type Tape = ReturnType<typeof tape>

const odd: readonly unknown[] = [null, '', 'x', 0, -1, 1.5, 2 ** 31, true, [], {}, [[]], { a: 1 }]
const texts = [
  ...[
    'Lisboa',
    'Portugal',
    'quiet',
    'wifi',
    'pm_card_visa',
    'pm_card_chargeDeclined',
    'Europe/Lisbon',
    '15:00',
  ],
  ...[
    'https://example.com/1.jpg',
    'https://fcm.googleapis.com/x',
    'rain',
    `B${'a'.repeat(86)}`,
    'a'.repeat(22),
  ],
]

/** An operation over the schema, mostly good, with values that mostly fit; or one that was broken after that. */
export function randomRequest(bytes: Uint8Array, known: Known): Request {
  const draw = tape(bytes)
  const { chance, oneOf, between } = draw
  const account = oneOf(null, 'guest71', 'guest71', 'guest72', 'host71', 'host71', 'agent71')
  const variables: { name: string; type: string; value: unknown }[] = []
  let aliases = 0

  function scalar(name: string): unknown {
    if (chance(4)) return oneOf(...odd)
    switch (name) {
      case 'Int':
        return oneOf(1, 2, 3, 20, 100, 101, 0, -1, 10_000, 2 ** 31 - 1)
      case 'Float':
        return oneOf(0, 38.7, -9.1, 90, 181, 0.01, 1e300, 7)
      case 'Boolean':
        return oneOf(true, false)
      case 'ID':
        return oneOf(...known, ...known, 'host71', 'x', '00000000-0000-0000-0000-000000000000')
      case 'Date':
        return inDays(between(-2, 60))
      case 'Currency':
        return oneOf('EUR', 'EUR', 'JPY', 'KWD', 'XXX', 'eur')
      default:
        if (chance(60)) return oneOf(...texts)
        if (chance(50)) return draw.text()
        return chance(50)
          ? oneOf(...bigList)
          : oneOf(...Object.values(nasty).filter((text) => text.length < 100))
    }
  }

  function value(type: GraphQLInputType, depth = 3): unknown {
    if (!isNonNullType(type) && chance(10)) return null
    const present = getNullableType(type)
    if (isListType(present)) return Array.from({ length: between(0, 2) }, () => value(present.ofType, depth))
    if (isEnumType(present))
      return new Name(oneOf(...present.getValues().map(({ name }) => name), ...(chance(3) ? ['NOPE'] : [])))
    if (!isInputObjectType(present)) return scalar(present.name)
    const given = Object.values(present.getFields()).filter((field) =>
      isNonNullType(field.type) ? !chance(2) : depth > 0 && chance(30),
    )
    return Object.fromEntries(given.map((field) => [field.name, value(field.type, depth - 1)]))
  }

  function argument({ name, type }: GraphQLArgument): string {
    const given = value(type)
    if (chance(50)) return `${name}: ${literal(given)}`
    const variable = `v${variables.length}`
    // Null where only a default makes it valid: found before anything is executed, or not at all.
    if (isNonNullType(type) && given !== null && chance(4)) {
      variables.push({ name: variable, type: `${type.ofType} = ${literal(given)}`, value: null })
      return `${name}: $${variable}`
    }
    variables.push({ name: variable, type: chance(2) ? 'Nope' : String(type), value: given })
    return `${name}: $${variable}`
  }

  function selection(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type)
    if (isUnionType(named)) {
      const members = named.getTypes().filter(() => chance(70))
      return ` { __typename ${members.map((member) => `... on ${member.name}${selection(member, depth)}`).join(' ')} }`
    }
    if (!isObjectType(named)) return ''
    const all = Object.values(named.getFields())
    const possible =
      depth > 0
        ? all
        : all.filter(({ type: its }) => !isObjectType(getNamedType(its)) && !isUnionType(getNamedType(its)))
    const chosen = Array.from(
      { length: between(1, 4) },
      () => possible[draw.nat(Math.max(0, possible.length - 1))],
    )
    const parts = chosen.map((field) => {
      if (!field) return '__typename'
      const given = field.args.filter(({ type: its }) => (isNonNullType(its) ? !chance(2) : chance(40)))
      aliases += field.args.length > 0 ? 1 : 0
      const alias = field.args.length > 0 ? `a${aliases}: ` : ''
      const passed = given.length > 0 ? `(${given.map(argument).join(', ')})` : ''
      const directive = chance(3) ? oneOf(' @skip(if: true)', ' @include(if: true)', ' @nope') : ''
      return `${alias}${field.name}${passed}${directive}${selection(field.type, depth - 1)}`
    })
    return ` { ${[...new Set(parts)].join(' ')} }`
  }

  const isMutation = chance(30)
  const root = isMutation ? api.getMutationType() : api.getQueryType()
  if (!root) throw new Error('the schema has no such root')
  const body = selection(root, between(1, 4))
  const declared =
    variables.length > 0 ? `(${variables.map(({ name, type }) => `$${name}: ${type}`).join(', ')})` : ''
  const kind = chance(1) ? 'subscription' : isMutation ? 'mutation' : 'query'
  const text = `${kind} Random${declared}${body}`
  const query = chance(15) ? broken(draw, text) : text
  const values = Object.fromEntries(variables.filter(() => !chance(2)).map((each) => [each.name, each.value]))
  const request = JSON.stringify({
    query,
    variables: chance(2) ? oneOf(...odd) : values,
    ...(chance(2) ? { operationName: oneOf<unknown>('Random', 'Nope', '', 1, null) } : {}),
    ...(chance(2)
      ? {
          extensions: oneOf<unknown>({}, null, [], { persistedQuery: { version: 1, sha256Hash: 'x' } }),
        }
      : {}),
  })
  return { account, body: chance(2) ? broken(draw, request) : request }
}

/** A text of which a piece is missing, stands there twice or was replaced. */
function broken(draw: Tape, text: string): string {
  const at = draw.nat(text.length)
  const piece = text.slice(at, at + draw.between(1, 12))
  const instead = draw.oneOf(
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
    '\u{1f3e1}',
    ' on ',
    '[[[',
  )
  return text.slice(0, at) + instead + text.slice(at + piece.length)
}

function literal(value: unknown): string {
  if (value instanceof Name) return value.name
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, inner]) => `${name}: ${literal(inner)}`)
    .join(', ')}}`
}
