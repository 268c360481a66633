import { BookCanceled, Booked, DatesBlocked, DatesUnblocked } from '@myhotel/contracts/book'
import { announcement } from '@myhotel/contracts/event'
import { BookCounted } from '@myhotel/contracts/marketing'
import { createLogger } from '@myhotel/kit/logger'
import { asEvent, createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Listings } from '../application/ports.ts'
import { isRefusal } from '../domain/refusal.ts'
import { readSearch } from '../domain/search.ts'
import { newRoom, now } from '../testing/rooms.ts'
import { openDatabase } from './database.ts'
import { eventConsumer } from './event-consumer.ts'
import { places } from './places.ts'
import { prismaListings } from './prisma-listings.ts'
import { prismaRooms } from './prisma-rooms.ts'

const { bus, deliver } = createPostman()
let opened: ReturnType<typeof openDatabase>
let dropDatabase: () => Promise<void>
let listings: Listings

beforeAll(async () => {
  const { url, drop } = await createTestDatabase('room')
  dropDatabase = drop
  opened = openDatabase(url)
  listings = prismaListings(opened.database, { now: () => now })
  eventConsumer({ bus, database: opened.database, log: createLogger('room', 'silent') })
})
afterAll(async () => {
  await opened.part.stop?.()
  await dropDatabase()
})

/** A room on offer, by itself in its city. */
async function given(city: string) {
  const { room, event } = newRoom({ city })
  await prismaRooms(opened.database, () => {}).save(room, event)
  const isFree = async (startDate: string, endDate: string) => {
    const search = readSearch({ city, startDate, endDate }, 'POPULARITY', places)
    if (isRefusal(search)) throw new Error(search.message)
    return (await listings.search(search, { first: 1, after: null })).length === 1
  }
  return { roomId: room.id, isFree }
}

const total = { amount: 1, currency: 'EUR' }
const at = '2027-01-01T00:00:00.000Z'

function booking(bookingId: string, roomId: string, startDate: string, endDate: string) {
  const stay = {
    bookingId,
    roomId,
    roomName: 'r',
    hostId: 'h',
    guestId: 'g',
    startDate,
    endDate,
    guests: 1,
    total,
  }
  const terms = { city: 'c', country: 'PT', timeZone: 'UTC', checkInTime: '15:00', checkOutTime: '11:00' }
  const more = { paymentId: 'p', lines: [], cancellationPolicy: 'FLEXIBLE' as const, bookedAt: at }
  const canceled = { canceledBy: 'GUEST', reason: null, refund: total, canceledAt: at } as const
  return {
    booked: asEvent(announcement(Booked, bookingId, 1, { ...stay, ...terms, ...more })),
    canceled: asEvent(announcement(BookCanceled, bookingId, 2, { ...stay, paymentId: 'p', ...canceled })),
  }
}

it('takes nights when booked and frees them when cancelled, once each, however often it is told', async () => {
  const { roomId, isFree } = await given('Aveiro')
  const { booked, canceled } = booking('b1', roomId, '2027-06-10', '2027-06-12')
  expect(await deliver(canceled)).toEqual([{ retryAfterMs: 250 }])
  expect([...(await deliver(booked)), ...(await deliver(booked))]).toEqual(['done', 'done'])
  expect(await isFree('2027-06-11', '2027-06-13')).toBe(false)
  expect(await isFree('2027-06-12', '2027-06-13')).toBe(true)
  expect([...(await deliver(canceled)), ...(await deliver(booked))]).toEqual(['done', 'done'])
  expect(await isFree('2027-06-11', '2027-06-13')).toBe(true)
})

it('keeps nights taken that were booked anew before their cancellation was told', async () => {
  const { roomId, isFree } = await given('Beja')
  const [first, second] = ['b2', 'b3'].map((id) => booking(id, roomId, '2027-06-10', '2027-06-12'))
  await deliver(first!.booked)
  await deliver(second!.booked)
  await deliver(first!.canceled)
  expect(await isFree('2027-06-10', '2027-06-12')).toBe(false)
})

it('takes and frees nights that a host blocks', async () => {
  const { roomId, isFree } = await given('Coimbra')
  const block = { blockId: 'k1', roomId, hostId: 'h', startDate: '2027-06-10', endDate: '2027-06-12' }
  await deliver(asEvent(announcement(DatesBlocked, 'k1', 1, block)))
  expect(await isFree('2027-06-10', '2027-06-12')).toBe(false)
  await deliver(asEvent(announcement(DatesUnblocked, 'k1', 2, block)))
  expect(await isFree('2027-06-10', '2027-06-12')).toBe(true)
})

it('takes in popularity without a new version of the room', async () => {
  const { roomId } = await given('Faro')
  const counted = { roomId, popularity: 5, countedAt: at }
  expect(await deliver(asEvent(announcement(BookCounted, roomId, 1, counted)))).toEqual(['done'])
  expect(await opened.database.roomListing.findUnique({ where: { roomId } })).toMatchObject({ popularity: 5 })
  expect(await opened.database.room.findUnique({ where: { id: roomId } })).toMatchObject({ version: 1 })
})

it('lets pass what is told of rooms that are not here', async () => {
  const { booked, canceled } = booking('b9', 'no room', '2027-06-10', '2027-06-12')
  expect([...(await deliver(booked)), ...(await deliver(canceled))]).toEqual(['done', 'done'])
  const counted = { roomId: 'no room', popularity: 5, countedAt: at }
  expect(await deliver(asEvent(announcement(BookCounted, 'no room', 1, counted)))).toEqual(['done'])
})
