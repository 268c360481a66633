import { appendToOutbox } from '@myhotel/kit/outbox'
import type { Database, Sql } from '@myhotel/kit/sql'
import { announceBlock } from '../application/announce.ts'
import type { Blocks } from '../application/ports.ts'
import type { Listing, Stay } from '../domain/stay.ts'
import { toStay } from './rows.ts'

type RangeRow = { start_date: string; end_date: string }
type ClaimRow = RangeRow & { id: string }

const activeClaims = `room_id = $1::uuid AND state IN ('HELD', 'BOOKED') AND stay && daterange($2::date, $3::date)`

/** What is left of `[$2, $3)` without the active claims of the room that also meet `condition`. */
const remainderSql = (condition: string) => `
  SELECT lower(free)::text AS start_date, upper(free)::text AS end_date
  FROM (SELECT unnest(datemultirange(daterange($2::date, $3::date))
                      - coalesce(range_agg(stay), '{}'::datemultirange)) AS free
        FROM stay_claim WHERE ${activeClaims} AND ${condition}) AS remainder
  ORDER BY 1`

const freeSql = remainderSql('true')
const unblockedSql = remainderSql(`kind = 'BLOCK'`)

/** Hosts' blocks in PostgreSQL: claims as those of bookings, so that the same constraint keeps them apart. */
export function prismaBlocks<Tx extends Sql>(
  db: Database<Tx>,
  newId: () => string,
  afterCommit: () => void,
): Blocks {
  async function insert(tx: Sql, listing: Listing, range: Stay): Promise<boolean> {
    const id = newId()
    const inserted = await tx.$executeRawUnsafe(
      `INSERT INTO stay_claim (id, room_id, stay, kind, state)
       VALUES ($1::uuid, $2::uuid, daterange($3::date, $4::date), 'BLOCK', 'BOOKED') ON CONFLICT DO NOTHING`,
      ...[id, listing.roomId, range.startDate, range.endDate],
    )
    if (inserted === 0) return false
    await appendToOutbox(tx, [announceBlock('blocked', blockOf(id, listing, range))])
    return true
  }

  /** One change of a room's blocks at a time: the lock on its listing keeps others waiting. */
  async function changing(listing: Listing, work: (tx: Tx) => Promise<void>): Promise<void> {
    await db.$transaction(async (tx) => {
      await tx.$queryRawUnsafe(
        'SELECT 1 FROM room_listing WHERE room_id = $1::uuid FOR NO KEY UPDATE',
        listing.roomId,
      )
      await work(tx)
    })
    afterCommit()
  }

  return {
    async block(listing, range) {
      try {
        await changing(listing, async (tx) => {
          const missing = await ranges(tx, unblockedSql, listing.roomId, range)
          for (const part of missing) if (!(await insert(tx, listing, part))) throw new Booked()
        })
        return true
      } catch (error) {
        if (error instanceof Booked) return false
        throw error
      }
    },

    async unblock(listing, range) {
      await changing(listing, async (tx) => {
        const released = await tx.$queryRawUnsafe<ClaimRow[]>(
          `UPDATE stay_claim SET state = 'RELEASED' WHERE ${activeClaims} AND kind = 'BLOCK'
           RETURNING id, lower(stay)::text AS start_date, upper(stay)::text AS end_date`,
          ...[listing.roomId, range.startDate, range.endDate],
        )
        for (const row of released) {
          const block = blockOf(row.id, listing, toStay(row))
          await appendToOutbox(tx, [announceBlock('unblocked', block)])
          for (const rest of without(block.range, range)) await insert(tx, listing, rest)
        }
      })
    },

    list: async (roomId, from) =>
      (
        await db.$queryRawUnsafe<RangeRow[]>(
          `SELECT greatest(lower(range), $2::date)::text AS start_date, upper(range)::text AS end_date
           FROM (SELECT unnest(range_agg(stay)) AS range FROM stay_claim
                 WHERE room_id = $1::uuid AND state = 'BOOKED' AND kind = 'BLOCK' AND stay && daterange($2::date, NULL)
                ) AS blocked ORDER BY 1`,
          ...[roomId, from],
        )
      ).map(toStay),

    freeDates: (roomId, range) => ranges(db, freeSql, roomId, range),

    async isFree(roomId, stay) {
      const taken = await db.$queryRawUnsafe<unknown[]>(
        `SELECT 1 FROM stay_claim WHERE ${activeClaims} LIMIT 1`,
        ...[roomId, stay.startDate, stay.endDate],
      )
      return taken.length === 0
    },
  }
}

/** A booking has claimed a night that was to be blocked. */
class Booked extends Error {}

async function ranges(db: Sql, sql: string, roomId: string, { startDate, endDate }: Stay): Promise<Stay[]> {
  return (await db.$queryRawUnsafe<RangeRow[]>(sql, roomId, startDate, endDate)).map(toStay)
}

const blockOf = (id: string, listing: Listing, range: Stay) => ({
  id,
  roomId: listing.roomId,
  hostId: listing.offer.hostId,
  range,
})

/** What is left of a range without another that overlaps it. */
function without(range: Stay, other: Stay): Stay[] {
  const before = { startDate: range.startDate, endDate: other.startDate }
  const after = { startDate: other.endDate, endDate: range.endDate }
  return [before, after].filter((rest) => rest.startDate < rest.endDate)
}
