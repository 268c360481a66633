import { decimalsOf } from '@myhotel/kit/currency'
import { type City, cities } from './cities.ts'
import { type Random, random } from './random.ts'

/** A room to be registered: the API's RegisterRoomInput, and its host. */
export type DemoRoom = {
  host: string
  input: {
    name: string
    description: string
    pricePerNight: { amount: number; currency: string }
    cleaningFee: { amount: number; currency: string }
    taxPercent: number
    capacity: number
    city: string
    country: string
    latitude: number
    longitude: number
    timeZone: string
    amenities: string[]
    cancellationPolicy: string
    minNights: number
  }
}

/** Four rooms in each city: the first kind first, so that the tour finds an apartment everywhere. */
const roomsPerCity = 4
/** How many hosts share the rooms. */
const hosts = 12

type RoomKind = { name: string; capacity: number; priceFactor: number; about: string; amenities: string[] }

const kinds: readonly [RoomKind, ...RoomKind[]] = [
  {
    name: 'Apartment',
    capacity: 4,
    priceFactor: 1,
    about: 'Two bedrooms, a living room with a sofa, and a kitchen with all that you need to cook.',
    amenities: ['kitchen', 'washing machine', 'heating'],
  },
  {
    name: 'Studio',
    capacity: 2,
    priceFactor: 0.65,
    about: 'One bright room with a double bed, a kitchenette and a table by the window.',
    amenities: ['kitchenette', 'workspace'],
  },
  {
    name: 'Loft',
    capacity: 3,
    priceFactor: 1.25,
    about: 'An old workshop under a high ceiling: open kitchen, a double bed and a day bed.',
    amenities: ['kitchen', 'workspace', 'air conditioning'],
  },
  {
    name: 'Town house',
    capacity: 6,
    priceFactor: 1.9,
    about: 'Three bedrooms on two floors, two bathrooms, and a small yard for long evenings.',
    amenities: ['kitchen', 'washing machine', 'garden', 'free parking'],
  },
  {
    name: 'Private room',
    capacity: 2,
    priceFactor: 0.4,
    about: 'A quiet room in the home of your host, who is happy to tell you where to eat.',
    amenities: ['breakfast', 'shared kitchen'],
  },
  {
    name: 'Penthouse',
    capacity: 4,
    priceFactor: 2.4,
    about: 'The top floor, with a terrace all around and the city at your feet.',
    amenities: ['kitchen', 'terrace', 'air conditioning', 'lift'],
  },
]
const adjectives = ['Sunny', 'Quiet', 'Cosy', 'Bright', 'Airy', 'Restored', 'Spacious', 'Green'] as const
const closeBy = ['a bakery', 'a park', 'the market', 'a tram stop', 'a bookshop', 'good coffee'] as const
const extras = ['bicycles', 'cot', 'dishwasher', 'bathtub', 'balcony', 'pets allowed', 'step-free'] as const
const policies = ['FLEXIBLE', 'FLEXIBLE', 'MODERATE', 'STRICT'] as const

/** The same rooms each time. */
export function demoRooms(): DemoRoom[] {
  const dice = random(20_270_228)
  return cities.flatMap((city, at) =>
    Array.from({ length: roomsPerCity }, (_, number) => roomIn(city, at, number, dice)),
  )
}

function roomIn(city: City, at: number, number: number, dice: Random): DemoRoom {
  const kind = kinds[number === 0 ? 0 : 1 + ((at + number) % (kinds.length - 1))] ?? kinds[0]
  const neighbourhood = city.neighbourhoods[number % city.neighbourhoods.length] ?? city.name
  const price = roundedPrice(city, city.nightlyPrice * kind.priceFactor * (0.85 + 0.3 * dice.next()))
  const cleaning = dice.next() < 0.6 ? roundedPrice(city, city.nightlyPrice * 0.25) : 0
  const money = (amount: number) => ({ amount, currency: city.currency })
  return {
    // The first cities belong to host1, the others to all in turn.
    host: `host${at < 5 ? 1 : 1 + ((at + number) % hosts)}`,
    input: {
      name: `${dice.one(adjectives)} ${kind.name.toLowerCase()} in ${neighbourhood}`,
      description: `${kind.about} In ${neighbourhood}, ${city.name}, with ${dice.one(closeBy)} around the corner.`,
      pricePerNight: money(price),
      cleaningFee: money(cleaning),
      taxPercent: dice.one([0, 5, 6, 10]),
      capacity: kind.capacity,
      city: city.name,
      country: city.country,
      // Within a kilometre and a half of the centre.
      latitude: near(city.latitude, dice),
      longitude: near(city.longitude, dice),
      timeZone: city.timeZone,
      amenities: ['wifi', ...kind.amenities, dice.one(extras)],
      cancellationPolicy: dice.one(policies),
      minNights: number === 3 ? 2 : 1,
    },
  }
}

const near = (degrees: number, dice: Random) =>
  Math.round((degrees + 0.025 * (dice.next() - 0.5)) * 1e5) / 1e5

/** A price of two significant digits, as people set them, in minor units. */
function roundedPrice({ currency }: City, units: number): number {
  return Math.round(Number(units.toPrecision(2)) * 10 ** decimalsOf(currency))
}
