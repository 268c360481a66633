import { composed } from './composed.ts'

/** Three subgraphs with all that plans are made of, and more of it than the hotel's. */
const subgraphs = {
  herd: `
    type Query {
      animal(id: ID!): Animal
      animals(first: Int = 3): [Animal!]!
      thing: Thing
      things: [[Thing]!]
      me: Keeper!
      keepers(names: [String!]): [Keeper]
      named: [Named!]
    }
    type Mutation { feed(id: ID!, food: FoodInput): Animal rename(input: NameInput!): Renamed! }
    input FoodInput { grams: Int! kind: Food = MEAT }
    input NameInput { id: ID! name: String! }
    enum Food { MEAT FISH }
    enum Mood { GLAD SAD ANGRY @inaccessible }
    interface Named { name: String }
    interface Animal implements Named @key(fields: "id") { id: ID! name: String kin: [Animal] mood: Mood }
    type Cat implements Animal & Named @key(fields: "id") {
      id: ID! name: String kin: [Animal] mood: Mood lives: Int! keeper: Keeper!
    }
    type Dog implements Animal & Named @key(fields: "id") {
      id: ID! name: String kin: [Animal] mood: Mood tricks: [String!]! keeper: Keeper
    }
    type Ghost implements Animal & Named @key(fields: "id") @inaccessible {
      id: ID! name: String kin: [Animal] mood: Mood
    }
    union Thing = Cat | Dog | Keeper | Stone
    type Stone { weight: Float grid: [[Int!]!]! mood: Mood! }
    union Renamed = Cat | Refused
    type Refused { reason: String! by: Keeper! }
    type Keeper implements Named @key(fields: "id") {
      id: ID! name: String @shareable deputy: Keeper badge: Badge! favourite: Animal
    }
    type Badge @key(fields: "code issuer { name }") { code: String! issuer: Issuer! }
    type Issuer @shareable { name: String! }`,
  care: `
    scalar Date
    type Query { visits: [Visit] busiest: Animal }
    type Mutation { visit(on: Date!): Visit! }
    type Animal @key(fields: "id") @interfaceObject {
      id: ID! weight: Float! visits(first: Int): [Visit!] vet: Keeper
    }
    type Visit { at: Date! by: Keeper @provides(fields: "name") of: Animal! cost: Money! note(loud: Boolean): String }
    type Keeper @key(fields: "id") { id: ID! name: String @external animals: [Animal!]! salary: Money team: [Keeper!]! }
    type Money @shareable { amount: Int! currency: String! }`,
  shop: `
    type Query { badge(code: ID): Badge sellers: [Keeper!] }
    type Keeper @key(fields: "id") {
      id: ID!
      name: String @external
      salary: Money @external
      bonus(level: Int = 1): Money @requires(fields: "name salary { amount }")
      sold: [Sale!]
    }
    type Sale { id: ID! to: Keeper price: Money! badge: Badge }
    type Money @shareable { amount: Int! currency: String! }
    type Issuer @shareable { name: String! }
    type Badge @key(fields: "code issuer { name }") { code: String! issuer: Issuer! colour: String owner: Keeper }`,
}

/** A supergraph with interfaces that are entities, interface objects, unions, keys of several fields and hidden types. */
export const zoo = (): string => composed(subgraphs)
