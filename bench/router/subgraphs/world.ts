/**
 * The world that the four subgraphs tell of: no end of guests, rooms and reviews, each derived from its number, so
 * that requests can differ as much as they like and no answer need be kept.
 */

/** An object of the world, or one that the router represents by its key and what a field requires. */
export type Thing = { type: string; id: number; given?: Record<string, unknown> }

export type Value = string | number | null | Thing | readonly Thing[]
type Field = (thing: Thing, args: Record<string, unknown>) => Value
type Fields = Record<string, Record<string, Field>>

const cities = ['Lisbon', 'Seoul', 'Porto', 'Busan', 'Turin', 'Oslo', 'Graz']
const city = (id: number) => cities[id % cities.length] ?? ''
const many = (type: string, from: number, count: number): Thing[] =>
  Array.from({ length: count }, (_, index) => ({ type, id: from + index }))
const number = (value: unknown) => Number(value ?? 0)

const id: Field = (thing) => String(thing.id)
const pricePerNight = (of: number) => 4_000 + ((of * 37) % 20_000)
const beds = (of: number) => 1 + (of % 4)

/** The fields that each subgraph answers, by type. */
export const world: Record<'guests' | 'rooms' | 'offers' | 'reviews', Fields> = {
  guests: {
    Query: {
      guest: (_, args) => ({ type: 'Guest', id: number(args.id) }),
      guests: (_, { from, first }) => many('Guest', number(from), number(first)),
    },
    Guest: {
      id,
      name: ({ id }) => `Guest number ${id}`,
      email: ({ id }) => `guest${id}@hotel.example`,
      city: ({ id }) => city(id),
      since: ({ id }) => 1990 + (id % 35),
    },
  },
  rooms: {
    Query: { topRooms: (_, { from, first }) => many('Room', number(from), number(first)) },
    Room: {
      id,
      name: ({ id }) => `Room with a view number ${id}`,
      city: ({ id }) => city(id + 3),
      pricePerNight: ({ id }) => pricePerNight(id),
      beds: ({ id }) => beds(id),
    },
  },
  offers: {
    Room: {
      id,
      freeNights: ({ id }) => (id * 7) % 365,
      deposit: ({ given }) => Math.round(number(given?.pricePerNight) / 2) + number(given?.beds) * 100,
    },
  },
  reviews: {
    Guest: { id, reviews: ({ id }) => many('Review', id * 2, 2) },
    Room: { id, reviews: ({ id }) => many('Review', id * 3, 2) },
    Review: {
      id,
      stars: ({ id }) => 1 + (id % 5),
      text: ({ id }) => `A quiet stay, review number ${id}: we would come again.`,
      guest: ({ id }) => ({ type: 'Guest', id: id >> 1 }),
      room: ({ id }) => ({ type: 'Room', id: (id * 31) % 100_000 }),
    },
  },
}
