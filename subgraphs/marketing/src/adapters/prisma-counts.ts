import { appendToOutbox } from '@myhotel/kit/outbox'
import type { Counts, PopularityOf } from '../application/ports.ts'
import type { PaidBooking, Popularity } from '../domain/popularity.ts'
import type { Database, Transaction } from './database.ts'

/** Counts in PostgreSQL. The row of a room's popularity is the lock behind which its bookings are counted. */
export function prismaCounts(tx: Transaction): Counts {
  return {
    async popularityToChange(roomId) {
      const [row] = await tx.$queryRaw<Popularity[]>`
        INSERT INTO room_popularity (room_id) VALUES (${roomId})
        ON CONFLICT (room_id) DO UPDATE SET room_id = excluded.room_id
        RETURNING room_id AS "roomId", popularity AS count, version`
      if (!row) throw new Error(`no popularity of room ${roomId}`)
      return row
    },
    async booking(paymentId) {
      const row = await tx.paidBooking.findUnique({ where: { paymentId } })
      if (!row) return null
      return { ...row, paidAt: text(row.paidAt), canceledAt: text(row.canceledAt) }
    },
    async save(booking, { roomId, count, version }, announcements) {
      await tx.paidBooking.upsert({
        where: { paymentId: booking.paymentId },
        create: booking,
        update: times(booking),
      })
      await tx.roomPopularity.update({ where: { roomId }, data: { popularity: count, version } })
      await appendToOutbox(tx, announcements)
    },
  }
}

/** Reads popularities by one query, however many rooms. */
export function prismaPopularityOf(database: Database): PopularityOf {
  return async (roomIds) => {
    const rows = await database.$queryRaw<{ roomId: string; popularity: number }[]>`
      SELECT room_id AS "roomId", popularity FROM room_popularity WHERE room_id = ANY(${roomIds.filter(storable)})`
    return new Map(rows.map(({ roomId, popularity }) => [roomId, popularity]))
  }
}

/** PostgreSQL cannot hold a NUL, so no room has one in its id. */
const storable = (id: string) => !id.includes('\0')

const text = (instant: Date | null) => instant?.toISOString() ?? null
const times = ({ paidAt, canceledAt }: PaidBooking) => ({ paidAt, canceledAt })
