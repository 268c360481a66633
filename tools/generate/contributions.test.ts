import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { nonNullContributions } from './contributions.ts'

const room = 'type Query { room: Room } type Room @key(fields: "id") { id: ID! name: String! city: String! }'
const found = (review: string, ...more: string[]) =>
  nonNullContributions(
    [room, review, ...more].map((sdl, index) => ({
      name: ['room', 'review', 'book'][index] ?? '',
      typeDefs: parse(sdl),
    })),
  )
const placesOf = (sentences: string[]) => sentences.map((sentence) => sentence.split(' is ')[0])

test.each([
  ['a field', 'Room.stars', 'type Room @key(fields: "id") { id: ID! stars: Int! }'],
  ['a list', 'Room.words', 'type Room @key(fields: "id") { id: ID! words: [String!]! }'],
  ['a list of what may be null', 'Room.words', 'type Room @key(fields: "id") { id: ID! words: [String]! }'],
  ['an extension', 'Room.stars', 'extend type Room @key(fields: "id") { id: ID! @external stars: Int! }'],
  [
    'under another name of the directive',
    'Room.stars',
    'extend schema @link(url: "u", import: [{ name: "@key", as: "@by" }]) type Room @by(fields: "id") { id: ID! stars: Int! }',
  ],
  ['a reference', 'Review.room', 'type Review { room: Room! } type Room @key(fields: "id") { id: ID! }'],
  ['references', 'Review.rooms', 'type Review { rooms: [Room!]! } type Room @key(fields: "id") { id: ID! }'],
  [
    'a union with a reference in it',
    'Review.of',
    'type Review { of: Thing! } union Thing = Review | Room type Room @key(fields: "id") { id: ID! }',
  ],
  ['an edge', 'Edge.node', 'type Edge { node: Room! } type Room @key(fields: "id") { id: ID! }'],
])('what another subgraph contributes is nullable: %s', (_, place, review) => {
  expect(placesOf(found(review))).toEqual([`review: ${place}`])
})

test.each([
  ['nullable ones', 'type Room @key(fields: "id") { id: ID! stars: Int words: [String!] }'],
  ['the key', 'type Room @key(fields: "id name") { id: ID! name: String! }'],
  [
    'what is another’s to answer',
    'type Room @key(fields: "id") { id: ID! name: String! @external score: Int @requires(fields: "name") }',
  ],
  [
    'a nullable reference',
    'type Review { room: Room rooms: [Room!] each: [Room]! } type Room @key(fields: "id") { id: ID! }',
  ],
  ['types of its own', 'type Review @key(fields: "id") { id: ID! text: String! next: Review! }'],
])('is content with %s', (_, review) => {
  expect(found(review)).toEqual([])
})

test('an entity is of the subgraph that answers most of it, wherever it stands in the list', () => {
  const book = 'type Room @key(fields: "id") { id: ID! price: Int! }'
  expect(placesOf(found('type Review { text: String! }', book))).toEqual(['book: Room.price'])
})

test('says whose it is and what to write', () => {
  expect(found('type Room @key(fields: "id") { id: ID! words: [String!]! }')).toEqual([
    "review: Room.words is non-null, but Room is room's: while review is away, the whole Room would be null with it; " +
      'write words: [String!]',
  ])
})
