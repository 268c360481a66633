import { badInput, type Connection, readPage, toConnection } from '@myhotel/kit/connection'
import type { Listed, Listings } from '../application/ports.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { Room } from '../domain/room.ts'
import type { RoomFilter, RoomSort } from '../domain/room-filter.ts'
import { readSearch, type Search } from '../domain/search.ts'
import { places } from './places.ts'
import { cursorLength, isPosition } from './room-order.ts'

type PageArguments = { first?: number | null; after?: string | null }

/** An edge that also tells the distance. */
type RoomEdge = Connection<Room>['edges'][number] & Pick<Listed, 'distanceKm'>

/**
 * A page of rooms on offer.
 * @throws GraphQLError BAD_USER_INPUT where filter, order or page make no sense.
 */
export async function searchRooms(
  listings: Listings,
  filter: RoomFilter,
  sort: RoomSort,
  { first, after }: PageArguments,
): Promise<Connection<Room> & { edges: RoomEdge[] }> {
  const page = readPage({ first, after }, cursorLength(sort))
  if (page.after && !isPosition(sort, page.after))
    throw badInput('after', 'after is not a cursor of this search')
  const found = await listings.search(search(filter, sort), page)
  const connection = toConnection(
    page,
    found,
    ({ sortValues }) => sortValues,
    ({ room }) => room,
  )
  const edges = connection.edges.map((edge, index) => ({
    ...edge,
    distanceKm: found[index]?.distanceKm ?? null,
  }))
  return { ...connection, edges }
}

/**
 * The rooms with the most bookings.
 * @throws GraphQLError BAD_USER_INPUT where `most` is not 0 to 100.
 */
export async function popularRooms(listings: Listings, most: number): Promise<Room[]> {
  const { first } = readPage({ first: most }, 0)
  const found = await listings.search(search({}, 'POPULARITY'), { first, after: null })
  return found.slice(0, first).map(({ room }) => room)
}

function search(filter: RoomFilter, sort: RoomSort): Search {
  const read = readSearch(filter, sort, places)
  if (isRefusal(read)) throw badInput(read.field, read.message)
  return read
}
