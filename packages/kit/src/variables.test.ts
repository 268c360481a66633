import { buildSchema, execute, getOperationAST, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { faultsOfVariables } from './variables.ts'

const schema = buildSchema(`
  input Stay { nights: Int! = 3, guests: [Int!], notes: [String], next: Stay, name: String! = "x" }
  type Query { rooms(first: Int! = 20, ids: [ID!]! = ["a"], stay: Stay! = {}, stays: [Stay!], tags: [String] = []): Room }
  type Room { id: ID, price(nights: Int! = 1): Int, next: Room }
`)

/** What the client is told, and whether graphql-js would have failed in the middle. */
function ask(text: string, variables: Record<string, unknown>) {
  const document = parse(text)
  expect(validate(schema, document), 'the rules of the specification let it pass').toEqual([])
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const rootValue = { rooms: () => ({ id: 'r', price: 1, next: { id: 's', price: 2 } }) }
  const executed = execute({ schema, document, rootValue, variableValues: variables })
  return {
    told: faultsOfVariables(schema, document, operation, variables),
    fails: 'errors' in executed && executed.errors !== undefined,
  }
}

const n = { n: null }
const misplaced: Record<string, [text: string, variables: Record<string, unknown>]> = {
  'an argument with a default': ['query ($n: Int) { rooms(first: $n) { id } }', n],
  'a variable with a default': ['query ($n: Int = 5) { rooms(first: $n) { id } }', n],
  'a default that is null': ['query ($n: Int = null) { rooms(first: $n) { id } }', {}],
  'a list': ['query ($n: [ID!] = ["x"]) { rooms(ids: $n) { id } }', n],
  'an item of a list': ['query ($n: ID = "x") { rooms(ids: ["a", $n]) { id } }', n],
  'an input object': ['query ($n: Stay) { rooms(stay: $n) { id } }', n],
  'an input field': ['query ($n: Int) { rooms(stay: { nights: $n }) { id } }', n],
  'a field of an item': ['query ($n: Int) { rooms(stays: [{ next: { nights: $n } }]) { id } }', n],
  'an item in an input object': ['query ($n: Int = 1) { rooms(stays: { guests: [1, $n] }) { id } }', n],
  'a field further down': ['query ($n: Int) { rooms { next { price(nights: $n) } } }', n],
  'a fragment': [
    'query ($n: Int) { ...a } fragment a on Query { rooms { ...b } } fragment b on Room { price(nights: $n) }',
    n,
  ],
  '@include': ['query ($n: Boolean = true) { rooms { id @include(if: $n) } }', n],
  '@skip': ['query ($n: Boolean = false) { ... @skip(if: $n) { rooms { id } } }', n],
  '@skip of a spread': [
    'query ($n: Boolean = true) { rooms { ...a @skip(if: $n) } } fragment a on Room { id }',
    n,
  ],
  'a name that objects inherit': [
    'query ($constructor: Int) { rooms(first: $constructor) { id } }',
    { constructor: null },
  ],
}

describe('a nullable variable that is null where none may be is the fault of who asks', () => {
  it.each(Object.entries(misplaced))('%s', (_, [text, variables]) => {
    const { told, fails } = ask(text, variables)
    expect(fails).toBe(true)
    expect(told).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(told[0]?.message).toMatch(/^Variable "\$\w+" is null, where .+! is needed: /)
  })
})

const good: Record<string, [text: string, variables: Record<string, unknown>]> = {
  'left out, the default of the argument': ['query ($n: Int) { rooms(first: $n) { id } }', {}],
  'left out, its own default': ['query ($n: Int = 5) { rooms(first: $n) { id } }', {}],
  given: ['query ($n: Int = 5) { rooms(first: $n) { id } }', { n: 0 }],
  'null where null may be': [
    'query ($n: [String], $o: String) { rooms(tags: $n, stay: { notes: [$o] }) { id } }',
    { n: null, o: null },
  ],
  'null where it is used nowhere that is asked for': [
    'query ($n: Int, $no: Boolean!) { rooms { id price(nights: $n) @include(if: $no) ...a @skip(if: true) } } fragment a on Room { b: price(nights: $n) }',
    { n: null, no: false },
  ],
  'null in another condition than the one that decides': [
    'query ($n: Boolean = true) { rooms { id price @skip(if: true) @include(if: $n) } }',
    n,
  ],
}

it.each(Object.entries(good))('nothing is wrong with a variable %s', (_, [text, variables]) => {
  expect(ask(text, variables)).toEqual({ told: [], fails: false })
})

it('fragments that spread others many times are looked at once', () => {
  const spread = Array.from(
    { length: 40 },
    (_, i) => `fragment f${i} on Room { id ...f${i + 1} ...f${i + 1} }`,
  ).join(' ')
  const text = `query ($n: Int) { rooms { ...f0 } } ${spread} fragment f40 on Room { price(nights: $n) }`
  const document = parse(text)
  const operation = getOperationAST(document)
  expect(operation && faultsOfVariables(schema, document, operation, n)).toHaveLength(1)
})

it('variables that do not fit are told with a code, as many as anybody reads', () => {
  const { told } = ask('query ($n: [ID!]! = ["x"]) { rooms(ids: $n) { id } }', { n: Array(1_000).fill({}) })
  expect(told).toHaveLength(51)
  expect(new Set(told.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']))
})

it('a value that is nested beyond measure is told before anything goes into it, and only where it is asked for', () => {
  const text = 'query ($n: [ID!]! = ["x"]) { rooms(ids: $n) { id } }'
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  expect(ask(text, { n: deep }).told).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(ask(text, { other: deep }).told).toEqual([])
})
