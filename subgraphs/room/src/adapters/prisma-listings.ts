import { zonesNotPast } from '@myhotel/kit/time-zones'
import type { Listed, Listings, Page } from '../application/ports.ts'
import type { Search } from '../domain/search.ts'
import { growingCircles, isInBox, isInCircle, nearby } from './circle.ts'
import { gathering } from './crowd.ts'
import type { Database } from './database.ts'
import { freeThroughout } from './free-spans.ts'
import { Prisma } from './prisma-client/client.ts'
import { orderOf, straightDistance } from './room-order.ts'
import { fromRow, type RoomRow, roomColumns } from './room-row.ts'
import { type TextFilter, textFilter } from './text-filter.ts'

/**
 * Searches in PostgreSQL. From `crowd` candidates on, rooms are not gathered but met in order (crowd.ts). `now` is in
 * milliseconds since the epoch.
 */
export function prismaListings(database: Database, { crowd = 7_000, now = Date.now } = {}): Listings {
  const find: Find = (search, page, narrowed) =>
    findPage(database, search, page, [...notPast(search, now()), ...narrowed])

  return {
    async search(search, page) {
      const text = search.text === null ? null : await textFilter(database, search.text)
      const narrowed = text ? [text.condition] : []
      if (search.sort === 'DISTANCE') return await findNearest(find, search, page, text)
      const candidates = [...nearby(search), ...freeThroughout(search)]
      const gathered = await gathering(database, candidates, crowd)
      return await find(search, page, gathered ? [...narrowed, gathered] : narrowed)
    },
  }
}

type Find = (search: Search, page: Page, narrowed: readonly Prisma.Sql[]) => Promise<Listed[]>

/** The nearest of all are those of the first circle that has enough for a page; of a few with a text all are gathered. */
async function findNearest(
  find: Find,
  search: Search,
  page: Page,
  text: TextFilter | null,
): Promise<Listed[]> {
  if (text?.isRare) return await find(search, page, [text.condition])
  const narrowed = text ? [text.condition] : []
  let found: Listed[] = []
  for (const circle of growingCircles(search, page)) {
    found = await find(circle, page, [...narrowed, isInBox(circle)])
    if (found.length > page.first) break
  }
  return found
}

/** One statement: it filters and sorts listings, then fetches the page's rooms. */
async function findPage(
  database: Database,
  search: Search,
  { first, after }: Page,
  narrowed: readonly Prisma.Sql[],
): Promise<Listed[]> {
  const order = orderOf(search)
  const filters = [...filtersOf(search), ...narrowed]
  if (after) filters.push(order.after(after))
  const distance = search.near ? Prisma.sql`sec_to_gc(${straightDistance(search)}) / 1000` : Prisma.sql`NULL`
  const rows = await database.$queryRaw<Row[]>`
    SELECT ${roomColumns}, found.*
    FROM (
      SELECT l.room_id, ${distance}::float8 AS "distanceKm", ${order.select}
      FROM room_listing l
      WHERE ${Prisma.join(filters, ' AND ')}
      ORDER BY ${order.orderBy}
      LIMIT ${first + 1}
    ) found
    JOIN room r ON r.id = found.room_id
    ORDER BY ${order.orderBy}`
  return rows.map((row) => toListed(row, order.positionIn(row)))
}

type Row = RoomRow & { distanceKm: number | null }

function toListed(row: Row, sortValues: Listed['sortValues']): Listed {
  return { room: fromRow(row), sortValues, distanceKm: row.distanceKm }
}

function filtersOf(search: Search): Prisma.Sql[] {
  const { cityKey, countryKey, near, stay, guests, price, amenities, hostId } = search
  const filters: Prisma.Sql[] = [Prisma.sql`TRUE`]
  if (cityKey !== null) filters.push(Prisma.sql`l.city_key = ${cityKey}`)
  if (countryKey !== null) filters.push(Prisma.sql`l.country_key = ${countryKey}`)
  if (hostId !== null) filters.push(Prisma.sql`l.host_id = ${hostId}`)
  if (guests !== null) filters.push(Prisma.sql`l.capacity >= ${guests}`)
  if (amenities.length > 0) filters.push(Prisma.sql`l.amenities @> ${amenities}::text[]`)
  if (price) {
    filters.push(
      Prisma.sql`l.currency = ${price.currency} AND l.price BETWEEN ${price.least} AND ${price.most}`,
    )
  }
  if (near) filters.push(isInCircle(search))
  if (stay) {
    const { startDate, endDate, nights } = stay
    filters.push(
      // By the function, not by the operator &&: its estimate sees each room as taken from its first stay to its last, so
      // that hardly any would be free, and all would be gathered and sorted where the first in order will do.
      Prisma.sql`NOT multirange_overlaps_range(l.taken, daterange(${startDate}::date, ${endDate}::date))`,
      Prisma.sql`${nights}::int BETWEEN l.min_nights AND l.max_nights`,
      // How far ahead the day is at each room is left to book; this lets in a day too much rather than too little.
      Prisma.sql`${startDate}::date - current_date - 1 <= l.booking_window_days`,
    )
  }
  return filters
}

/** Leaves out rooms at which the first day has passed; nearly always no zone is concerned. */
function notPast({ stay }: Search, now: number): Prisma.Sql[] {
  const zones = stay ? zonesNotPast(stay.startDate, now) : 'all'
  if (zones === 'all') return []
  if (zones.length === 0) return [Prisma.sql`FALSE`]
  return [Prisma.sql`(l.time_zone IS NULL OR lower(l.time_zone) = ANY(${[...zones]}::text[]))`]
}
