import type { Popularities, TakenNights } from '../application/ports.ts'
import type { Transaction } from './database.ts'
import { isRoomId } from './room-id.ts'

/** Taken nights in PostgreSQL. The room's listing is locked first, so that its nights are added up one at a time. */
export function prismaTakenNights(tx: Transaction): TakenNights {
  return {
    async take({ sourceId, roomId, startDate, endDate }) {
      if (!isRoomId(roomId)) return
      await lockListing(tx, roomId)
      await tx.$executeRaw`
        INSERT INTO taken_stay (source_id, room_id, stay)
        VALUES (${sourceId}, ${roomId}::uuid, daterange(${startDate}::date, ${endDate}::date))
        ON CONFLICT (source_id) DO UPDATE SET stay = excluded.stay`
      await addUp(tx, roomId)
    },
    async free(sourceId) {
      const source = await tx.takenStay.findUnique({ where: { sourceId } })
      if (!source) return
      await lockListing(tx, source.roomId)
      await tx.takenStay.deleteMany({ where: { sourceId } })
      await addUp(tx, source.roomId)
    },
  }
}

/** Popularities in PostgreSQL; no part of the aggregate, so no new version of the room. */
export function prismaPopularities(tx: Transaction): Popularities {
  return {
    async set(roomId, popularity) {
      if (!isRoomId(roomId)) return
      await tx.roomListing.updateMany({ where: { roomId }, data: { popularity } })
    },
  }
}

async function lockListing(tx: Transaction, roomId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM room_listing WHERE room_id = ${roomId}::uuid FOR UPDATE`
}

/** A new statement, so that it sees what others committed while this one waited for the lock. */
async function addUp(tx: Transaction, roomId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE room_listing SET taken = coalesce((
      SELECT range_agg(stay) FROM taken_stay WHERE room_id = ${roomId}::uuid AND upper(stay) >= current_date - 1), '{}')
    WHERE room_id = ${roomId}::uuid`
}
