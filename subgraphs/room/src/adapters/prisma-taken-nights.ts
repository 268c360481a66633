import { canonicalId } from '@myhotel/kit/ids'
import type { Popularities, TakenNights } from '../application/ports.ts'
import type { Transaction } from './database.ts'
import { renewFreeSpans } from './free-spans.ts'

const takeSql = `
  INSERT INTO taken_stay (source_id, room_id, stay)
  SELECT "sourceId", "roomId", daterange("startDate", "endDate")
  FROM jsonb_to_recordset($1::jsonb) AS taken("sourceId" text, "roomId" uuid, "startDate" date, "endDate" date)
  ON CONFLICT (source_id) DO UPDATE SET stay = excluded.stay`

const rankSql = `
  UPDATE room_listing SET popularity = ranked.popularity
  FROM jsonb_to_recordset($1::jsonb) AS ranked("roomId" uuid, popularity int)
  WHERE room_id = ranked."roomId"`

/**
 * Taken nights in PostgreSQL. The listings of the rooms are locked first, in one order, so that nights are added up one
 * at a time.
 */
export function prismaTakenNights(tx: Transaction): TakenNights {
  return {
    async take(taken) {
      const known = taken.filter(({ roomId }) => canonicalId(roomId) !== null)
      const roomIds = known.map(({ roomId }) => roomId)
      await lockListings(tx, roomIds)
      await tx.$executeRawUnsafe(takeSql, JSON.stringify(known))
      await addUp(tx, roomIds)
    },
    async free(sourceIds) {
      const sources = { sourceId: { in: [...sourceIds] } }
      const stays = await tx.takenStay.findMany({ where: sources, select: { roomId: true } })
      const roomIds = stays.map(({ roomId }) => roomId)
      await lockListings(tx, roomIds)
      await tx.takenStay.deleteMany({ where: sources })
      await addUp(tx, roomIds)
    },
  }
}

/** Popularities in PostgreSQL; no part of the aggregate, so no new version of the room. */
export function prismaPopularities(tx: Transaction): Popularities {
  return {
    async set(popularities) {
      const known = popularities.filter(({ roomId }) => canonicalId(roomId) !== null)
      await lockListings(
        tx,
        known.map(({ roomId }) => roomId),
      )
      await tx.$executeRawUnsafe(rankSql, JSON.stringify(known))
    },
  }
}

async function lockListings(tx: Transaction, roomIds: readonly string[]): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM room_listing WHERE room_id = ANY(${roomIds}::uuid[]) ORDER BY room_id FOR UPDATE`
}

/** A new statement, so that it sees what others committed while this one waited for the locks. */
async function addUp(tx: Transaction, roomIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE room_listing SET taken = coalesce((
      SELECT range_agg(stay) FROM taken_stay
      WHERE taken_stay.room_id = room_listing.room_id AND upper(stay) >= current_date - 1), '{}')
    WHERE room_id = ANY(${roomIds}::uuid[])`
  await renewFreeSpans(tx, roomIds)
}
