import type { Database } from './database.ts'
import { Prisma } from './prisma-client/client.ts'
import { toTextQuery } from './text-query.ts'

// PostgreSQL takes the words of a query for independent of each other, and hardly knows how many begin with some letters.
// Of 東京タワー, whose pairs of letters mostly occur together, or of `wo…` it would expect a handful of rooms, and gather
// and sort half a million. So it is not asked: how many of some rooms have the text says how many of all have.

const sampled = 2_000
/** From so many on, going through all rooms in order fills a page sooner than gathering those that are found. */
const frequent = 10

/** How a search finds rooms by a text: a condition on `room_listing l`. */
export type TextFilter = Readonly<{
  condition: Prisma.Sql
  /** Whether they are so few that all of them are gathered by index. */
  isRare: boolean
}>

/** The condition for a text as it was typed. */
export async function textFilter(database: Database, text: string): Promise<TextFilter> {
  const query = toTextQuery(text)
  if (query === null) return { condition: Prisma.sql`FALSE`, isRare: true }
  // By the function, not by the operator @@, which an index and an estimate belong to.
  const matches = Prisma.sql`ts_match_vq(l.terms, ${query}::tsquery)`
  const [row] = await database.$queryRaw<{ found: number }[]>`
    SELECT count(*)::int AS found
    FROM (SELECT l.terms FROM room_listing l ORDER BY l.popularity DESC, l.room_id DESC LIMIT ${sampled}) l
    WHERE ${matches}`
  if (row && row.found >= frequent) return { condition: matches, isRare: false }
  // As an array, so that they are gathered however many PostgreSQL expects.
  return {
    condition: Prisma.sql`l.room_id = ANY(ARRAY(SELECT room_id FROM room_listing WHERE terms @@ ${query}::tsquery))`,
    isRare: true,
  }
}
