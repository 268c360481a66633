import type { Database } from './database.ts'
import { Prisma } from './prisma-client/client.ts'

// PostgreSQL cannot tell beforehand how many rooms are in a circle, or free for months. So it would gather and sort all
// rooms of a large city where the first in order would have been found at once, or go through all rooms in order for the
// one that is free. They are counted instead, from an index alone.

/** Rooms that may be found, and none but they: what follows FROM, of rows with a `room_id`, which one index has. */
export type Candidates = Prisma.Sql

/**
 * A condition on `room_listing l`, by which candidates are gathered who are fewer than `crowd`: the first who are. Null
 * where there are none: then going through rooms in order finds a page sooner.
 */
export async function gathering(
  database: Database,
  choices: readonly Candidates[],
  crowd: number,
): Promise<Prisma.Sql | null> {
  for (const candidates of choices) {
    const [row] = await database.$queryRaw<{ rooms: number }[]>`
      SELECT count(*)::int AS rooms FROM (SELECT room_id FROM ${candidates} LIMIT ${crowd}) counted`
    // As an array, so that they are gathered however many PostgreSQL expects.
    if (row && row.rooms < crowd) return Prisma.sql`l.room_id = ANY(ARRAY(SELECT room_id FROM ${candidates}))`
  }
  return null
}
