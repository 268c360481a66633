import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { gatewayLimits } from './gateway-limits.ts'

const found = (schema: string) => gatewayLimits(parse(schema)).map((sentence) => sentence.split(':')[0])

test.each([
  ['@authenticated', 'type Query { me: ID @authenticated }'],
  ['@requiresScopes', 'type Room @requiresScopes(scopes: [["host"]]) { id: ID }'],
  ['@policy', 'type Room @federation__policy(policies: [["host"]]) { id: ID }'],
  ['@context', 'type Room @context(name: "room") { id: ID }'],
  ['@listSize', 'type Query { rooms: [ID] @listSize(assumedSize: 10) }'],
  ['@requires of a field with arguments', 'type Room { tax: Int @requires(fields: "price(in: EUR)") }'],
  ['Room', 'type Room @key(fields: "id", resolvable: false) { id: ID! name: String }'],
  ['Room', 'extend type Room @key(fields: "id") @key(fields: "no", resolvable: false) { name: String }'],
])('finds what the gateway gets wrong: %s', (what, schema) => {
  expect(found(schema)).toEqual([what])
})

test.each([
  'type Room @key(fields: "id") { id: ID! name: String }',
  'type Room @key(fields: "id", resolvable: false) { id: ID! }',
  'type Room { tax: Int @requires(fields: "price { amount }") }',
])('leaves alone what works: %s', (schema) => {
  expect(found(schema)).toEqual([])
})
