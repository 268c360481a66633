import { plannedEachTime } from '@myhotel/kit/prisma'
import { createTestDatabase } from '@myhotel/kit/testing'
import type { SortValue } from '../application/ports.ts'
import type { Details } from '../domain/details.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { RoomFilter, RoomSort } from '../domain/room-filter.ts'
import { readSearch } from '../domain/search.ts'
import { newRoom, now } from '../testing/rooms.ts'
import { openForSearches } from './database.ts'
import { places } from './places.ts'
import { prismaListings } from './prisma-listings.ts'
import { prismaRooms } from './prisma-rooms.ts'
import { prismaTakenNights } from './prisma-taken-nights.ts'

/** Listings on a database of the test's own, with what it takes to fill and to search them at an instant. */
export async function openListings(searchedAt: () => number = () => now) {
  const { url, drop } = await createTestDatabase('room')
  const { database, part } = openForSearches(url)
  const rooms = prismaRooms(database, () => {})
  const listings = prismaListings(database, { now: searchedAt })

  async function page(
    filter: RoomFilter,
    sort: RoomSort,
    first: number,
    after: readonly SortValue[] | null,
    searched = listings,
  ) {
    const search = readSearch(filter, sort, places)
    if (isRefusal(search)) throw new Error(search.message)
    return await searched.search(search, { first, after })
  }

  return {
    /** For connections that plan as searches do. */
    url: plannedEachTime(url),
    database,
    rooms,
    page,
    /** Offers a room named so. */
    async offer(name: string, details: Partial<Details> = {}, hostId?: string) {
      const { room, event } = newRoom({ name, ...details }, hostId)
      await rooms.save(room, event)
      return room
    },
    /** Takes nights of a room, and answers what took them. */
    async take(roomId: string, startDate: string, endDate: string) {
      const sourceId = `${startDate} ${roomId}`
      await prismaTakenNights(database).take([{ sourceId, roomId, startDate, endDate }])
      return sourceId
    },
    /** Names of the rooms that a search finds, in its order; `crowd` as in prismaListings, at an instant. */
    async find(filter: RoomFilter, sort: RoomSort = 'NEWEST', crowd?: number, at = now) {
      const found = await page(filter, sort, 100, null, prismaListings(database, { crowd, now: () => at }))
      return found.map(({ room }) => room.offer.name)
    },
    empty: () => database.$executeRaw`TRUNCATE room, room_listing, free_span, taken_stay, outbox`,
    async close() {
      await part.stop?.()
      await drop()
    },
  }
}

export type OpenListings = Awaited<ReturnType<typeof openListings>>
