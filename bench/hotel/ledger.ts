import { setTimeout as delay } from 'node:timers/promises'
import type { Hotel } from './hotel.ts'

export async function countBookings(hotel: Hotel): Promise<number> {
  const [row] = await hotel.sql<{ count: string }>('book', 'SELECT count(*) FROM booking')
  return Number(row?.count)
}

/** The load tool goes while its last requests are under way; they are to have ended. */
export async function underWayIsOver(hotel: Hotel): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const [row] = await hotel.sql<{ count: string }>(
      'book',
      `SELECT count(*) FROM booking_attempt WHERE state IN ('PAYING', 'ABORTING')`,
    )
    if (Number(row?.count) === 0) return
    await delay(100)
  }
  throw new Error('bookings are still under way')
}

/** Pairs of bookings that have a night of a room in common: none, ever. */
export async function doubleBookings(hotel: Hotel): Promise<number> {
  const [row] = await hotel.sql<{ count: string }>(
    'book',
    `SELECT count(*) FROM booking a JOIN booking b ON a.room_id = b.room_id AND a.id < b.id
       AND daterange(a.start_date, a.end_date) && daterange(b.start_date, b.end_date)
     WHERE a.status = 'BOOKED' AND b.status = 'BOOKED'`,
  )
  return Number(row?.count)
}
