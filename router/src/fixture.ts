import { GraphQLError } from 'graphql'
import type { TestSubgraph } from './testing.ts'

const refusal = (code: string) => new GraphQLError('refused', { extensions: { code } })

/** A hotel of three small subgraphs, enough of one to show what a router does. */
export const hotel = (): Record<'room' | 'book' | 'mypage', TestSubgraph> => ({
  room: {
    schema: `
      scalar Date
      type Query { room(id: ID!): Room free(on: Date!): Boolean! secret: String @inaccessible }
      type Room @key(fields: "id") { id: ID! name: String! cleaned: String! }`,
    resolvers: {
      Query: {
        room: (_, { id }: { id: string }) => ({ id, name: `Room ${id}`, cleaned: 'daily' }),
        free: () => true,
        secret: () => 'hidden',
      },
      Room: {
        __resolveReference: ({ id }: { id: string }) => ({ id, name: `Room ${id}`, cleaned: 'daily' }),
      },
    },
  },
  book: {
    schema: `
      type Query { booking(id: ID!): Booking fail(code: String): String staff: String }
      type Mutation { bookRoom(roomId: ID!): Booking! }
      type Booking { id: ID! guest: String roles: [String!]! room: Room! }
      type Room @key(fields: "id") { id: ID! price: Int! }`,
    resolvers: {
      Query: {
        booking: (_, { id }: { id: string }, { caller }) => ({
          id,
          guest: caller.subject,
          roles: caller.roles,
          room: { id: 'r1' },
        }),
        fail: (_, { code }: { code?: string }) => {
          if (!code) throw new Error('connect ECONNREFUSED 10.0.0.7:5432')
          throw new GraphQLError('on purpose', { extensions: { code, stacktrace: ['at secret.ts'] } })
        },
        staff: () => {
          throw refusal('FORBIDDEN')
        },
      },
      Mutation: {
        bookRoom: (_, { roomId }: { roomId: string }, context) => {
          const { subject: guest } = context.caller
          if (!guest) throw refusal('UNAUTHENTICATED')
          context.wrote(`book.${roomId}`, 1)
          return { id: 'b1', guest, roles: context.caller.roles, room: { id: roomId } }
        },
      },
      Room: { __resolveReference: (reference) => reference, price: () => 100 },
    },
  },
  mypage: {
    schema: 'type Query { myPage: String! }',
    resolvers: {
      Query: {
        myPage: (_, __, { readAfter, extensions, caller }) => {
          if (readAfter?.includes('late')) extensions.behind = readAfter
          return `${caller.subject} sees ${readAfter}`
        },
      },
    },
  },
})
