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
