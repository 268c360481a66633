import { firstIdOf, NO_SUCH_ID } from '@myhotel/kit/ids'
import { appendToOutboxSql, toOutboxJson } from '@myhotel/kit/outbox'
import type { Sql } from '@myhotel/kit/sql'
import { announceCanceled } from '../application/announce.ts'
import type { Bookings, CatalogueChange } from '../application/ports.ts'
import type { BookedStay, CanceledStay } from '../domain/booking.ts'
import { putListing } from './prisma-listings.ts'
import { type BookingRow, bookingColumns, toBooking } from './rows.ts'

// Cancellations as a JSON array: one or, when a room is deleted, many.
const cancelSql = `
  WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, version int, at timestamptz, by text, reason text,
      refund bigint)
  ), canceled AS (
    UPDATE booking SET status = 'CANCELED', version = wanted.version, canceled_at = at, canceled_by = by,
      cancel_reason = reason, refund_amount = refund
    FROM wanted
    WHERE booking.id = wanted.id AND booking.status = 'BOOKED' AND booking.version = wanted.version - 1
    RETURNING booking.id, claim_id
  ), released AS (
    UPDATE stay_claim SET state = 'RELEASED' FROM canceled WHERE stay_claim.id = canceled.claim_id
  ), announced AS (${appendToOutboxSql('$2', 'aggregate_id IN (SELECT id::text FROM canceled)')})
  SELECT 1 FROM canceled`

async function saveCanceled(db: Sql, canceled: readonly CanceledStay[]): Promise<number> {
  const wanted = canceled.map(({ id, version, cancellation }) => ({
    id,
    version,
    at: new Date(cancellation.canceledAt).toISOString(),
    by: cancellation.canceledBy,
    reason: cancellation.reason,
    refund: cancellation.refund.amount,
  }))
  const announcements = toOutboxJson(canceled.map(announceCanceled))
  const rows = await db.$queryRawUnsafe<unknown[]>(cancelSql, JSON.stringify(wanted), announcements)
  return rows.length
}

/** Bookings in PostgreSQL. */
export function prismaBookings(db: Sql, afterCommit: () => void): Bookings {
  return {
    async find(bookingId) {
      const sql = `SELECT ${bookingColumns} FROM booking WHERE id = $1::uuid`
      const [row] = await db.$queryRawUnsafe<BookingRow[]>(sql, bookingId)
      return row ? toBooking(row) : null
    },
    async findAll(bookingIds) {
      const sql = `SELECT ${bookingColumns} FROM booking WHERE id = ANY($1::uuid[])`
      const rows = await db.$queryRawUnsafe<BookingRow[]>(sql, bookingIds)
      return new Map(rows.map(toBooking).map((booking) => [booking.id, booking]))
    },
    async idsBetween(from, before, after, most) {
      // Ids tell when they were made: their index is also that of the time.
      const sql = `SELECT id::text FROM booking
                   WHERE id >= $1::uuid AND id < $2::uuid AND id > $3::uuid ORDER BY id LIMIT $4`
      const range = [firstIdOf(from), firstIdOf(before), after ?? NO_SUCH_ID, most]
      return (await db.$queryRawUnsafe<{ id: string }[]>(sql, ...range)).map(({ id }) => id)
    },
    async saveCanceled(canceled) {
      const saved = (await saveCanceled(db, [canceled])) === 1
      if (saved) afterCommit()
      return saved
    },
    async countUpcoming(roomId, today) {
      const sql = `SELECT count(*)::int AS upcoming FROM booking
                   WHERE room_id = $1::uuid AND status = 'BOOKED' AND end_date > $2::date`
      const [row] = await db.$queryRawUnsafe<{ upcoming: number }[]>(sql, roomId, today)
      return row?.upcoming ?? 0
    },
  }
}

/** The catalogue and the bookings of a room, as policies change them inside a transaction. */
export function prismaCatalogue(tx: Sql): CatalogueChange {
  return {
    put: (listing) => putListing(tx, listing),
    async close(roomId, version) {
      await tx.$executeRawUnsafe(
        'UPDATE room_listing SET deleted = true, version = greatest(version, $2) WHERE room_id = $1::uuid',
        ...[roomId, version],
      )
    },
    async upcoming(roomId, today) {
      const sql = `SELECT ${bookingColumns} FROM booking
                   WHERE room_id = $1::uuid AND status = 'BOOKED' AND end_date > $2::date FOR UPDATE`
      const rows = await tx.$queryRawUnsafe<BookingRow[]>(sql, roomId, today)
      return rows.map(toBooking).filter((booking): booking is BookedStay => booking.status === 'BOOKED')
    },
    async saveAllCanceled(canceled) {
      if (canceled.length > 0) await saveCanceled(tx, canceled)
    },
  }
}
