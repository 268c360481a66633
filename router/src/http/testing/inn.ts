import type { TestSubgraph } from '../../testing.ts'

const room = (id: string) => ({ __typename: 'Room', id, name: `Room ${id}`, price: 100 })

/** Two subgraphs whose fields take every kind of argument that there is. */
export const inn = (): Record<'room' | 'book', TestSubgraph> => ({
  room: {
    schema: `
      scalar Date
      enum Kind { SUITE HUT }
      input Wish { beds: Int! = 2 name: String! kind: Kind! = HUT floors: [Int!] other: Wish size: Float on: Date }
      interface Place { id: ID! name: String }
      union Found = Room | Hall
      type Query {
        room(id: ID!, first: Int! = 5, kind: Kind! = HUT, on: Date! = "2027-02-28"): Room
        places(ids: [ID!]! = ["r1"], wish: Wish! = { name: "x" }, beds: [[Int!]!]! = [[1]], size: Float! = 1.5): [Place!]!
        found(text: String): [Found!]
        echo(text: String! = "x", wish: Wish, wishes: [Wish!], size: Float, beds: Int, id: ID, ids: [ID]): String
      }
      type Mutation { note(text: String! = "x", wish: Wish): String }
      type Room implements Place @key(fields: "id") {
        id: ID! name(long: Boolean! = false): String price(nights: Int! = 1): Int
      }
      type Hall implements Place { id: ID! name: String }`,
    resolvers: {
      Query: {
        room: (_, { id }: { id: string }) => room(id),
        places: () => [room('r1'), { __typename: 'Hall', id: 'h1', name: 'Hall' }],
        found: () => [room('r2')],
        echo: (_, args) => JSON.stringify(args),
      },
      Mutation: { note: () => 'noted' },
      Room: { __resolveReference: ({ id }: { id: string }) => room(id) },
    },
  },
  book: {
    schema: `type Room @key(fields: "id") { id: ID! stars(of: Int! = 5, in: [Int!]! = [1]): Int }`,
    resolvers: { Room: { __resolveReference: (reference) => reference, stars: () => 5 } },
  },
})
