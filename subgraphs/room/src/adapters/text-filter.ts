import type { Database } from './database.ts'
import { Prisma } from './prisma-client/client.ts'
import { toTextQuery } from './text-query.ts'

// PostgreSQL takes the words of a query for independent of each other, and hardly knows how many begin with some letters.
// Of 東京タワー, whose pairs of letters mostly occur together, or of `wo…` it would expect a handful of rooms, and gather
// and sort half a million. A sample says better how many rooms have the text.

/** About so many rooms, of pages from all over the table; a table whose size is not known yet is not read as a whole. */
const sample = Prisma.sql`
  SELECT terms
  FROM room_listing TABLESAMPLE SYSTEM (
    (SELECT 100 * least(1, 2000 / greatest(reltuples, 1)) FROM pg_class WHERE oid = 'room_listing'::regclass)
  ) REPEATABLE (0)
  LIMIT 4000`

/** Whether of so many rooms that going through all in order fills a page sooner than gathering those that match. */
const areMany = (found: number, rooms: number) => found * 200 >= rooms

/** How a search finds rooms by a text: a condition on `room_listing l`. */
export type TextFilter = Readonly<{
  condition: Prisma.Sql
  /** Whether they are so few that all of them are gathered by index. */
  isRare: boolean
}>

/** The condition for a text as it was typed. */
export async function textFilter(database: Database, text: string): Promise<TextFilter> {
  const asked = toTextQuery(text)
  if (asked === null) return { condition: Prisma.sql`FALSE`, isRare: true }
  const { query, wholeTerms } = asked
  const [row] = await database.$queryRaw<{ rooms: number; found: number; foundWhole: number }[]>`
    SELECT count(*)::int AS rooms, count(*) FILTER (WHERE ${matches(query)})::int AS found,
      count(*) FILTER (WHERE ${matches(wholeTerms ?? query)})::int AS "foundWhole"
    FROM (${sample}) l`
  const { rooms, found, foundWhole } = row ?? { rooms: 0, found: 0, foundWhole: 0 }
  if (areMany(found, rooms)) return { condition: matches(query), isRare: false }
  // An index goes through all terms that begin so, of which there may be as many as rooms.
  const indexed = wholeTerms === null || areMany(foundWhole, rooms) ? query : wholeTerms
  const gathered = Prisma.sql`
    SELECT l.room_id FROM room_listing l WHERE l.terms @@ ${indexed}::tsquery AND ${matches(query)}`
  // As an array, so that they are gathered however many PostgreSQL expects.
  return { condition: Prisma.sql`l.room_id = ANY(ARRAY(${gathered}))`, isRare: true }
}

/** By the function, not by the operator @@, to which an index and an estimate belong. */
const matches = (query: string) => Prisma.sql`ts_match_vq(l.terms, ${query}::tsquery)`
