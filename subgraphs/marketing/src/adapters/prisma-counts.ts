import { appendToOutbox } from '@myhotel/kit/outbox'
import type { Counts, PopularityOf } from '../application/ports.ts'
import type { Popularity } from '../domain/popularity.ts'
import type { Database, Transaction } from './database.ts'

const saveBookingsSql = `
  INSERT INTO paid_booking (payment_id, booking_id, room_id, paid_at, canceled_at)
  SELECT "paymentId", "bookingId", "roomId", "paidAt", "canceledAt"
  FROM jsonb_to_recordset($1::jsonb) AS booking("paymentId" text, "bookingId" text, "roomId" text,
    "paidAt" timestamptz, "canceledAt" timestamptz)
  ON CONFLICT (payment_id) DO UPDATE SET paid_at = excluded.paid_at, canceled_at = excluded.canceled_at`

const savePopularitiesSql = `
  UPDATE room_popularity SET popularity = changed.count, version = changed.version
  FROM jsonb_to_recordset($1::jsonb) AS changed("roomId" text, count int, version int)
  WHERE room_id = changed."roomId"`

/**
 * Counts in PostgreSQL. The row of a room's popularity is the lock behind which its bookings are counted; several are
 * locked in one order.
 */
export function prismaCounts(tx: Transaction): Counts {
  return {
    async popularitiesToChange(roomIds) {
      const rows = await tx.$queryRaw<Popularity[]>`
        INSERT INTO room_popularity (room_id) SELECT DISTINCT unnest(${roomIds}::text[]) AS id ORDER BY id
        ON CONFLICT (room_id) DO UPDATE SET room_id = excluded.room_id
        RETURNING room_id AS "roomId", popularity AS count, version`
      return new Map(rows.map((row) => [row.roomId, row]))
    },
    async bookings(paymentIds) {
      const rows = await tx.paidBooking.findMany({ where: { paymentId: { in: [...paymentIds] } } })
      return new Map(
        rows.map((row) => [
          row.paymentId,
          { ...row, paidAt: text(row.paidAt), canceledAt: text(row.canceledAt) },
        ]),
      )
    },
    async save(bookings, popularities, announcements) {
      await tx.$executeRawUnsafe(saveBookingsSql, JSON.stringify(bookings))
      await tx.$executeRawUnsafe(savePopularitiesSql, JSON.stringify(popularities))
      await appendToOutbox(tx, announcements)
    },
  }
}

/** Reads popularities by one query, however many rooms. */
export function prismaPopularityOf(database: Database): PopularityOf {
  return async (roomIds) => {
    const rows = await database.$queryRaw<{ roomId: string; popularity: number }[]>`
      SELECT room_id AS "roomId", popularity FROM room_popularity WHERE room_id = ANY(${[...roomIds]})`
    return new Map(rows.map(({ roomId, popularity }) => [roomId, popularity]))
  }
}

const text = (instant: Date | null) => instant?.toISOString() ?? null
