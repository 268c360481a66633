import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { gatewayLimits } from './gateway-limits.ts'

const found = (schema: string) => gatewayLimits(parse(schema)).map((sentence) => sentence.split(':')[0])

test.each([
  ['@authenticated', 'type Query { me: ID @authenticated }'],
  ['@requiresScopes', 'type Room @requiresScopes(scopes: [["host"]]) { id: ID }'],
  ['@policy', 'type Room @federation__policy(policies: [["host"]]) { id: ID }'],
  ['@context', 'type Room @context(name: "room") { id: ID }'],
  ['@fromContext', 'type Room { tax(city: String @fromContext(field: "$room { city }")): Int }'],
  ['@cacheTag', 'type Query { rooms: [ID] @cacheTag(format: "rooms") }'],
  ['@source', 'extend schema @source(name: "old", http: { baseURL: "http://old" })'],
  ['@connect', 'type Query { rooms: [ID] @connect(http: { GET: "/rooms" }, selection: "$") }'],
  ['@cost', 'type Query { rooms: [ID] @cost(weight: 5) }'],
  ['@listSize', 'type Query { rooms: [ID] @listSize(assumedSize: 10) }'],
  ['@requires of a field with arguments', 'type Room { tax: Int @requires(fields: "price(in: EUR)") }'],
  ['@override with a label', 'type Room { tax: Int @override(from: "book", label: "percent(5)") }'],
  ['Subscription', 'type Subscription { booked: ID }'],
  ['Subscription', 'schema { query: Query subscription: News } type News { booked: ID }'],
  ['Room', 'type Room @key(fields: "id", resolvable: false) { id: ID! tax: Int @requires(fields: "price") }'],
  [
    'Room',
    'extend type Room @key(fields: "id", resolvable: false) @key(fields: "no", resolvable: false) { tax: Int @requires(fields: "price") }',
  ],
  [
    '@requires of a field with arguments',
    'type Room { tax: Int @requires(fields: "a { ... on B { c(d: 1) } }") }',
  ],
])('finds what the gateway gets wrong: %s', (what, schema) => {
  expect(found(schema)).toEqual([what])
})

test.each([
  ['@policy', '@link(url: "u", import: [{ name: "@policy", as: "@rule" }]) type Query { a: ID @rule }'],
  ['@policy', '@link(url: "u", as: "fed") type Query { a: ID @fed__policy }'],
  [
    'Room',
    '@link(url: "u", import: [{ name: "@key", as: "@k" }]) type Room @k(fields: "a", resolvable: false) { b: ID @federation__requires(fields: "c") }',
  ],
])('also where it was given another name: %s', (what, schema) => {
  expect(found(`extend schema ${schema}`)).toEqual([what])
})

test('says why, and what to write instead', () => {
  for (const sentence of gatewayLimits(
    parse('type Room { tax: Int @cost(weight: 5) @requires(fields: "price(in: EUR)") }'),
  )) {
    expect(sentence).toMatch(/^@.+: the gateway .+; .+/)
  }
})

test.each([
  'type Room @key(fields: "id") { id: ID! name: String }',
  'type Room @key(fields: "id", resolvable: false) { id: ID! name: String }',
  'type Room @key(fields: "no", resolvable: false) @key(fields: "id") { id: ID! tax: Int @requires(fields: "price") }',
  'type Room { tax: Int @requires(fields: "price { amount }") @override(from: "book") @tag(name: "x") }',
])('leaves alone what works: %s', (schema) => {
  expect(found(schema)).toEqual([])
})
