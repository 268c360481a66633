import type { Search } from '../domain/search.ts'
import type { Candidates } from './crowd.ts'
import type { Transaction } from './database.ts'
import { Prisma } from './prisma-client/client.ts'

/** So long is the shortest span that `free_span` has, as the view `free_span_of_listing` says. */
const longStayNights = 14

/** For a search for a long stay: rooms with a free span that encloses it. What has passed counts as taken. */
export function freeThroughout({ stay }: Search): Candidates[] {
  if (!stay || stay.nights < longStayNights) return []
  const { startDate, endDate } = stay
  return [
    Prisma.sql`free_span WHERE daterange(free_from, free_to) @> daterange(${startDate}::date, ${endDate}::date)`,
  ]
}

/**
 * Brings the free spans of rooms up to date with the taken nights of their listings, which are locked. Only what has
 * changed is written: of rooms that are booked a lot, most spans stay.
 */
export async function renewFreeSpans(tx: Transaction, roomIds: readonly string[]): Promise<void> {
  const known = Prisma.sql`free_span WHERE room_id = ANY(${roomIds}::uuid[])`
  await tx.$executeRaw`
    WITH span AS (
      SELECT room_id, free_from, free_to FROM free_span_of_listing WHERE room_id = ANY(${roomIds}::uuid[])
    ), ended AS (
      DELETE FROM ${known} AND (room_id, free_from) NOT IN (SELECT room_id, free_from FROM span)
    )
    INSERT INTO free_span (room_id, free_from, free_to)
    SELECT room_id, free_from, free_to FROM span
    WHERE (room_id, free_from, free_to) NOT IN (SELECT room_id, free_from, free_to FROM ${known})
    ON CONFLICT (room_id, free_from) DO UPDATE SET free_to = excluded.free_to`
}
