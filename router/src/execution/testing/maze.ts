import { composed } from './composed.ts'

/** Subgraphs that share all that federation lets them: what the zoo has not of keys, `@requires` and `@provides`. */
const subgraphs = {
  /** Where most begins. */
  catalog: `
    type Query {
      product(id: ID!, in: Market = EU): Product
      products(first: Int = 3): [Product!]
      offers: [Offer]
      anything: [Sold]
      carts: [[Cart!]]
      rare: Rare
    }
    type Mutation { order(id: ID!, count: Int = 1): Product restock: Product! }
    enum Market { EU US JP }
    interface Sold @key(fields: "id") { id: ID! title: String! size: Size }
    interface Priced { price: Price }
    type Product implements Sold & Priced @key(fields: "id") @key(fields: "sku") {
      id: ID! sku: String! title: String! size: Size price: Price weight: Float
      rank(by: Int = 2): Int parts: [[Part!]] related: [Sold!] maker: Maker old: String
      origin: Place @shareable
    }
    type Service implements Sold & Priced @key(fields: "id") {
      id: ID! title: String! size: Size price: Price hours: Int! maker: Maker!
    }
    type Part { name: String weight: Float deep: [[Place]] }
    type Size { width: Int height: Int }
    type Price { amount(rounded: Boolean = false): Int currency: String! }
    union Offer = Product | Service | Gift
    type Gift { text: String! price: Int to: Maker }
    type Cart @key(fields: "owner { code } number") { number: ID! owner: Owner! lines: [Product] }
    type Owner @shareable { code: ID! }
    type Maker @key(fields: "code") { code: ID! name: String @shareable town: Place @shareable }
    type Place @shareable { country: String zip: Int }
    type Rare @key(fields: "one") { one: ID! }`,
  /** Adds what is worked out of the others' fields, in chains. */
  pricing: `
    type Query { cheapest: Product @shareable makers: [Maker!]! }
    type Mutation { discount(percent: Int!): Product }
    type Product @key(fields: "sku") {
      sku: String! rank(by: Int = 2): Int @external weight: Float @external parts: [[Part!]] @external
      price: Price @external
      shipping: Int @requires(fields: "weight parts { name weight deep { zip } }")
      tax: Tax @requires(fields: "price { currency } rank")
      old: String @override(from: "catalog")
      duty(of: Int): Float @requires(fields: "weight")
    }
    type Part @external { name: String weight: Float deep: [[Place]] }
    type Place @shareable { country: String zip: Int }
    type Price { currency: String! @external }
    type Tax { rate: Float! name: String history: [[Float!]!] }
    type Maker @key(fields: "code") { code: ID! name: String @shareable products: [Product!] score: Float }`,
  /** Knows of all that is sold no more than that it is. */
  reviews: `
    type Query { reviewed: [Sold!] latest: Review }
    type Sold @key(fields: "id") @interfaceObject {
      id: ID! size: Size @external
      discount: Float! reviews(first: Int = 2): [Review!] best: Review
      fits: Boolean @requires(fields: "size { width }")
    }
    type Size @external { width: Int }
    type Review { id: ID! text: String stars: Int! of: Sold! by: Maker }
    type Maker @key(fields: "code", resolvable: false) { code: ID! }`,
  /** Needs what pricing made, and has entities by several keys. */
  stock: `
    type Query { cheapest: Product @shareable lots: [Lot] someCart: Cart }
    type Product @key(fields: "id") {
      id: ID! tax: Tax @external shipping: Int @external size: Size @external maker: Maker @external
      total: Int @requires(fields: "tax { rate history } shipping")
      box: String! @requires(fields: "size { width height }")
      made: String @requires(fields: "maker { code }")
      lots(open: Boolean): [Lot!]
    }
    type Size { width: Int @external height: Int @external }
    type Tax { rate: Float! @external history: [[Float!]!] @external }
    type Lot { id: ID! product: Product! at: Place count: Int! of: Maker @provides(fields: "town { zip }") }
    type Place @shareable { country: String zip: Int }
    type Maker @key(fields: "code", resolvable: false) { code: ID! town: Place @external }
    type Cart @key(fields: "owner { code } number") { number: ID! owner: Owner! total: Float }
    type Owner @shareable { code: ID! }
    type Rare @key(fields: "one") @key(fields: "two") { one: ID! two: ID! rarity: Int }`,
  /** Reached by another key than the one that comes along. */
  museum: `
    type Query { exhibits: [Exhibit!] }
    interface Exhibit { id: ID! title: String }
    type Painting implements Exhibit @key(fields: "id") @key(fields: "code") {
      id: ID! code: ID! title: String year: Int painter: Painter
    }
    type Vase implements Exhibit @key(fields: "id") { id: ID! title: String year: String! cracks: [Int] }
    type Painter { name: String! works: [Exhibit!] }
    type Rare @key(fields: "two") { two: ID! shown: [Exhibit] }`,
  guide: `
    type Painting @key(fields: "code", resolvable: false) @key(fields: "id") {
      id: ID! code: ID! year: Int @external painter: Painter @external
      text: String @requires(fields: "year painter { works { __typename title ... on Vase { cracks } } }")
    }
    interface Exhibit { title: String }
    type Vase implements Exhibit @key(fields: "id") { id: ID! title: String @external cracks: [Int] @external
      text: Int @requires(fields: "cracks")
    }
    type Painter @external { works: [Exhibit!] }`,
}

export const maze = (): string => composed(subgraphs)
