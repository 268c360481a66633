import { v7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockDates, unblockDates } from '../application/block-dates.ts'
import { bookRoom } from '../application/book-room.ts'
import { toListing } from '../application/policies.ts'
import { freeDates, quote } from '../application/quote.ts'
import { aListing, anOffer, aRequest } from '../testing/examples.ts'
import { createWorld } from '../testing/world.ts'

let world: Awaited<ReturnType<typeof createWorld>>
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const stay = { startDate: '2027-03-10', endDate: '2027-03-13' }

/** The offer of a room as the table has it. */
async function stored(roomId: string) {
  const [row] = await world.database.$queryRaw<{ offer: object }[]>`
    SELECT offer FROM room_listing WHERE room_id = ${roomId}::uuid`
  return row?.offer
}

describe('a room of an earlier version whose time zone no clock keeps', () => {
  it.each(['JST', '+09:00', 'Mars/Olympus', ''])(
    '%j cannot be booked, and breaks nothing',
    async (timeZone) => {
      const { roomId } = await world.room(aListing(v7(), anOffer({ timeZone })))
      const refused = { code: 'ROOM_NOT_AVAILABLE', message: expect.stringContaining('time zone') }
      expect(await quote(world.ports, { roomId, stay, guests: 1 })).toMatchObject(refused)
      expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject(refused)
      expect(await freeDates(world.ports, roomId, stay)).toEqual([])
      const nights = { roomId, hostId: 'host1', range: stay }
      expect(await blockDates(world.ports, nights)).toMatchObject(refused)
      expect(await unblockDates(world.ports, nights)).toMatchObject(refused)
    },
  )

  it('can be booked once room announces it with another', async () => {
    const { roomId } = await world.room(aListing(v7(), anOffer({ timeZone: 'JST' })))
    await world.room({ ...aListing(roomId, anOffer({ timeZone: 'Asia/Tokyo' })), version: 2 })
    expect(await quote(world.ports, { roomId, stay, guests: 1 })).toMatchObject({ price: {} })
  })
})

describe('a tax of four decimals', () => {
  it.each([
    [88_750, 30_000, 2_663],
    [1, 1_000_000_002, 1_000],
    [1, 499_998, 0],
    [1, 500_001, 1],
    [1_000_000, 30_000, 30_000],
  ])('of %d millionths on nights of %d is %d, rounded half up', async (taxPartsPerMillion, amount, tax) => {
    const offer = anOffer({ pricePerNight: amount / 3, taxPartsPerMillion })
    const { roomId } = await world.room(aListing(v7(), offer))
    const total = { amount: amount + tax, currency: 'EUR' }
    expect(await quote(world.ports, { roomId, stay, guests: 1 })).toMatchObject({ price: { total } })
  })

  it('is read from events and rows of earlier versions, and kept so that they can read it', async () => {
    const { hostId, taxPartsPerMillion: _, ...offer } = anOffer({})
    const room = {
      ...offer,
      hostId,
      roomId: v7(),
      registeredAt: '2027-01-01T00:00:00.000Z',
      taxBasisPoints: 725,
    }
    expect(toListing(room, 1, false).offer.taxPartsPerMillion).toBe(72_500)
    const listing = toListing({ ...room, taxBasisPoints: 888, taxPartsPerMillion: 88_750 }, 1, false)
    await world.room(listing)
    expect(await stored(room.roomId)).toMatchObject({ taxBasisPoints: 888, taxPartsPerMillion: 88_750 })
    expect(await world.ports.listings.find(room.roomId)).toEqual(listing)

    await world.database.$executeRaw`
      UPDATE room_listing SET offer = offer - 'taxPartsPerMillion' WHERE room_id = ${room.roomId}::uuid`
    expect((await world.ports.listings.find(room.roomId))?.offer.taxPartsPerMillion).toBe(88_800)
  })
})
