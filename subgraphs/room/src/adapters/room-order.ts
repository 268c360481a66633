import { canonicalId } from '@myhotel/kit/ids'
import { toMinorUnits } from '@myhotel/kit/minor-units'
import type { SortValue } from '../application/ports.ts'
import type { RoomSort } from '../domain/room-filter.ts'
import type { Search } from '../domain/search.ts'
import { Prisma } from './prisma-client/client.ts'

/** One of the things that rooms are sorted by; the last one of an order tells any two rooms apart. */
type SortKey = Readonly<{
  sql(search: Search): Prisma.Sql
  /** Its type in PostgreSQL. */
  type: Prisma.Sql
  /** Whether a value, which may come from anybody's cursor, is one of this type. */
  takes(value: SortValue): boolean
}>

type Order = Readonly<{ keys: readonly SortKey[]; direction: Prisma.Sql; beyond: Prisma.Sql }>

/** Where the search's `near` is, as `room_listing.position` has it. */
export function centreOf({ near }: Search): Prisma.Sql {
  return Prisma.sql`ll_to_earth(${near?.latitude}::float8, ${near?.longitude}::float8)`
}

/** Straight through the globe, in metres: it grows with the way on the surface and needs less reckoning. */
export function straightDistance(search: Search): Prisma.Sql {
  return Prisma.sql`(l.position <-> ${centreOf(search)})`
}

const isInt = (value: SortValue) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31
const column = (name: string) => () => Prisma.raw(`l.${name}`)
const int = Prisma.raw('integer')

const popularity: SortKey = { sql: column('popularity'), type: int, takes: isInt }
const price: SortKey = { sql: column('price'), type: Prisma.raw('bigint'), takes: Number.isSafeInteger }
const currency: SortKey = {
  sql: column('currency'),
  type: Prisma.raw('text'),
  takes: (value) => typeof value === 'string' && /^[A-Z]{3}$/.test(value),
}
const distance: SortKey = { sql: straightDistance, type: Prisma.raw('float8'), takes: Number.isFinite }
const id: SortKey = {
  sql: column('room_id'),
  type: Prisma.raw('uuid'),
  takes: (value) => typeof value === 'string' && canonicalId(value) === value,
}

const ascending = { direction: Prisma.raw('ASC'), beyond: Prisma.raw('>') }
const descending = { direction: Prisma.raw('DESC'), beyond: Prisma.raw('<') }

const orders: Record<RoomSort, Order> = {
  POPULARITY: { keys: [popularity, id], ...descending },
  PRICE_ASC: { keys: [currency, price, id], ...ascending },
  PRICE_DESC: { keys: [currency, price, id], ...descending },
  DISTANCE: { keys: [distance, id], ...ascending },
  // Ids are UUID v7: they grow with time.
  NEWEST: { keys: [id], ...descending },
}

/** How many values a cursor of this order has. */
export const cursorLength = (sort: RoomSort): number => orders[sort].keys.length

/** Whether values from a cursor can be where a room stands in this order. */
export function isPosition(sort: RoomSort, values: readonly SortValue[]): boolean {
  const { keys } = orders[sort]
  return values.length === keys.length && keys.every((key, index) => key.takes(values[index] ?? ''))
}

/** An order as parts of a statement over `room_listing l`; where a room stands comes out as columns s0, s1, … */
export function orderOf(search: Search) {
  const { keys, direction, beyond } = orders[search.sort]
  const names = keys.map((_, index) => Prisma.raw(`s${index}`))
  return {
    select: Prisma.join(keys.map((key, index) => Prisma.sql`${key.sql(search)} AS ${names[index]}`)),
    orderBy: Prisma.join(names.map((name) => Prisma.sql`${name} ${direction}`)),
    /** Whether a room stands after another, of which these are the sort values. */
    after(values: readonly SortValue[]): Prisma.Sql {
      const position = keys.map(({ type }, index) => Prisma.sql`${values[index]}::${type}`)
      return Prisma.sql`(${Prisma.join(keys.map((key) => key.sql(search)))}) ${beyond} (${Prisma.join(position)})`
    },
    /** The sort values in a row of such a statement. */
    positionIn: (row: Record<string, unknown>) =>
      keys.map((_, index) => {
        const value = row[`s${index}`] as SortValue | bigint
        return typeof value === 'bigint' ? toMinorUnits(value) : value
      }),
  }
}
