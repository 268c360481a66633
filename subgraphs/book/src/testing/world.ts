import { chargingOf } from '@myhotel/kit/charging'
import { createTestDatabase } from '@myhotel/kit/testing'
import { isUsableTimeZone } from '@myhotel/kit/zone'
import { v7 } from 'uuid'
import { openDatabase } from '../adapters/database.ts'
import { prismaAttempts } from '../adapters/prisma-attempts.ts'
import { prismaBlocks } from '../adapters/prisma-blocks.ts'
import { prismaBookings } from '../adapters/prisma-bookings.ts'
import { prismaListings, putListing } from '../adapters/prisma-listings.ts'
import type { Calendar, PaymentOutcome, Payments, Ports } from '../application/ports.ts'
import { aListing } from './examples.ts'

/** A calendar that stands still. */
export function stillCalendar(now = '2027-01-15T12:00:00Z'): Calendar {
  return {
    now: () => Date.parse(now),
    knows: isUsableTimeZone,
    today: () => now.slice(0, 10),
    instantAt: (date, time) => Date.parse(`${date}T${time}:00Z`),
  }
}

/** A payment context of which the test decides what it says. */
export function scriptedPayments() {
  const script = {
    busyFor: null as number | null,
    approve: (): PaymentOutcome | Promise<PaymentOutcome> => ({ type: 'approved', paymentId: v7() }),
    resolve: (): PaymentOutcome => ({ type: 'dead' }),
    undo: () => true,
    undone: [] as string[],
    approvals: 0,
  }
  const payments: Payments = {
    busyFor: () => script.busyFor,
    async approve() {
      script.approvals += 1
      return script.approve()
    },
    resolve: async () => script.resolve(),
    async undo(attempt) {
      if (script.undo()) script.undone.push(attempt.id)
      return script.undo()
    },
  }
  return { script, payments }
}

/** Book on a real database of its own, with a scripted payment; `lease` and `hold` are milliseconds. */
export async function createWorld({ lease = 8_000, hold = 25_000, connections = 10 } = {}) {
  const postgres = await createTestDatabase('book')
  const { database } = openDatabase(postgres.url, connections)
  const { script, payments } = scriptedPayments()
  const nothing = () => undefined
  const ports: Ports = {
    listings: prismaListings(database, { offered: async () => null, close: async () => {} }),
    attempts: prismaAttempts(database, { lease, hold }, nothing),
    bookings: prismaBookings(database, nothing),
    blocks: prismaBlocks(database, v7, nothing),
    payments,
    calendar: stillCalendar(),
    charging: chargingOf('sandbox'),
    newId: v7,
  }
  return {
    url: postgres.url,
    database,
    ports,
    script,
    /** A room that can be booked. */
    async room(listing = aListing(v7())) {
      await putListing(database, listing)
      return listing
    },
    count: async (table: 'stay_claim' | 'booking_attempt' | 'booking' | 'outbox') => {
      const [row] = await database.$queryRawUnsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${table}`)
      return row?.n
    },
    async close() {
      await database.$disconnect()
      await postgres.drop()
    },
  }
}
