import type { Page } from '../application/ports.ts'
import type { Search } from '../domain/search.ts'
import type { Database } from './database.ts'
import { Prisma } from './prisma-client/client.ts'
import { centreOf } from './room-order.ts'

// PostgreSQL cannot tell beforehand how many rooms are in a circle: it always expects a thousandth of all. So it
// would gather all rooms of a large city and sort them, where the first in order would have been found at once.

/** A condition that the index over positions answers, for listings in (a little more than) the search's circle. */
export function inCircle(search: Search): Prisma.Sql {
  const metres = (search.near?.radiusKm ?? 0) * 1000
  return Prisma.sql`l.position <@ earth_box(${centreOf(search)}, ${metres}::float8)`
}

/**
 * Whether there are `crowd` rooms in the search's circle, so that going through all rooms in order finds a page sooner
 * than gathering those in it; counts no further.
 */
export async function isCrowded(database: Database, search: Search, crowd: number): Promise<boolean> {
  const [row] = await database.$queryRaw<{ rooms: number }[]>`
    SELECT count(*)::int AS rooms
    FROM (SELECT FROM room_listing l WHERE ${inCircle(search)} LIMIT ${crowd}) gathered`
  return row?.rooms === crowd
}

const radiiKm = [1, 5, 25, 125, 625, 3_125]

/** Searches in circles that grow up to the search's own, so that few rooms are gathered where there are many. */
export function growingCircles(search: Search, { after }: Page): Search[] {
  const { near } = search
  if (!near) return [search]
  const reachedKm = Number(after?.[0] ?? 0) / 1000
  const radii = [...radiiKm.filter((radius) => radius > reachedKm && radius < near.radiusKm), near.radiusKm]
  return radii.map((radiusKm) => ({ ...search, near: { ...near, radiusKm } }))
}
