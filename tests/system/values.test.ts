import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { withClient } from '@myhotel/kit/postgres'
import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../tools/system/client.ts'
import { askForRoom, bookRoom, type Hotel, inDays, openHotel, registerRoom } from './hotel.ts'

let hotel: Hotel
beforeAll(async () => {
  hotel = await openHotel()
})
afterAll(() => hotel?.close())

const register = (input: object) =>
  hotel.one(
    'host1',
    `mutation ($input: RegisterRoomInput!) { registerRoom(input: $input) {
       ... on RoomRegistered { room { id taxPercent location { country timeZone } } }
       ... on InvalidInput { field problems { field code } } } }`,
    { input: { name: 'A room', city: 'x', pricePerNight: { amount: 10_000, currency: 'EUR' }, ...input } },
  )

const stay = { startDate: inDays(40), endDate: inDays(42) }

/** A page of rooms of a city with what a stay costs in each. */
const offersIn = (city: string) =>
  hotel.send(
    null,
    `query ($filter: RoomFilter, $from: Date!, $to: Date!) { searchRooms(filter: $filter) { edges { node { id
       quote(startDate: $from, endDate: $to) { __typename ... on Refusal { message } ... on Quote { total { amount } } }
       freeDates(from: $from, to: $to) { startDate } } } } }`,
    { filter: { city }, from: stay.startDate, to: stay.endDate },
  )

describe('a place', () => {
  it('comes out in one form, whatever it was called', async () => {
    for (const country of ['IT', 'ita', 'Italy', 'Italia', ' ITALY '])
      expect((await register({ country })).room.location).toEqual({ country: 'IT', timeZone: 'Europe/Rome' })
    const delhi = await register({ country: 'India', timeZone: 'asia/calcutta' })
    expect(delhi.room.location).toEqual({ country: 'IN', timeZone: 'Asia/Kolkata' })
    const ny = await register({ country: 'USA', latitude: 40.71, longitude: -74.01 })
    expect(ny.room.location.timeZone).toBe('America/New_York')
    const filter = { country: '인도' }
    const found = await hotel.one(
      null,
      'query ($filter: RoomFilter) { searchRooms(filter: $filter) { edges { node { id } } } }',
      { filter },
    )
    expect(found.edges).toEqual([{ node: { id: delhi.room.id } }])
  })

  it('that makes no sense is refused, with all that is wrong beside it', async () => {
    expect(
      await register({ country: 'Korea of nowhere', timeZone: 'JST', capacity: 0, taxPercent: 1e-7 }),
    ).toEqual({
      field: 'taxPercent',
      problems: [
        { field: 'taxPercent', code: 'OUT_OF_RANGE' },
        { field: 'capacity', code: 'OUT_OF_RANGE' },
        { field: 'country', code: 'UNKNOWN_COUNTRY' },
        { field: 'timeZone', code: 'UNKNOWN_TIME_ZONE' },
      ],
    })
    expect(await register({ country: 'US' })).toMatchObject({
      problems: [{ field: 'timeZone', code: 'REQUIRED' }],
    })
  })
})

describe('a room that an earlier version stored with a zone that no clock keeps', () => {
  const city = 'Onsen'
  const japan = { city, country: 'Japan', timeZone: 'Asia/Tokyo' }
  let [sound, broken, gone]: string[] = []

  it('spoils no page, cannot be booked, and can be deleted', async () => {
    ;[sound, broken, gone] = [
      await registerRoom(hotel, 'host1', japan),
      await registerRoom(hotel, 'host1', japan),
      await registerRoom(hotel, 'host1', japan),
    ]
    await eventually(async () => (await offersIn(city)).data.searchRooms.edges.length === 3)
    const ids = [broken, gone]
    await withClient(hotel.system.databaseUrl('room'), (client) =>
      client.query(`UPDATE room SET time_zone = 'JST', country = 'Nippon' WHERE id = ANY($1::uuid[])`, [ids]),
    )
    // Book has heard of the rooms when it quotes them, so nothing of them is on its way any more.
    await withClient(hotel.system.databaseUrl('book'), (client) =>
      client.query(
        `UPDATE room_listing SET offer = offer || '{"timeZone": "JST"}' WHERE room_id = ANY($1::uuid[])`,
        [ids],
      ),
    )
    const { data, errors } = await offersIn(city)
    expect(errors).toBeUndefined()
    const quotes = Object.fromEntries(
      data.searchRooms.edges.map(({ node }: { node: { id: string; quote: object } }) => [
        node.id,
        node.quote,
      ]),
    )
    expect(quotes).toMatchObject({
      [sound ?? '']: { __typename: 'Quote', total: { amount: 20_000 } },
      [broken ?? '']: { __typename: 'RoomNotAvailable', message: expect.stringContaining('time zone') },
    })
    expect((await askForRoom(hotel, 'guest1', broken ?? '', stay)).__typename).toBe('RoomNotAvailable')
    const deleted = await hotel.one('host1', `mutation { deleteRoom(roomId: "${gone}") { __typename } }`)
    expect(deleted).toEqual({ __typename: 'RoomDeleted' })
  })

  it('is mended by the command, and so is every copy', async () => {
    const command = join(ROOT, 'tools/rooms-mend.ts')
    const args = [command, '--data-dir', hotel.system.record.dataDir]
    const written = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, (_, stdout, stderr) => resolve(stdout + stderr))
    })
    expect(written).toContain(`${broken} of host host1: "Nippon", "JST" has to be mended by hand.`)
    expect(written).toContain('0 rooms were mended, 1 have to be mended by hand')
    const byHand = await new Promise<string>((resolve) => {
      const more = ['--room', broken ?? '', '--country', 'Japan']
      execFile(process.execPath, [...args, ...more], (_, stdout, stderr) => resolve(stdout + stderr))
    })
    expect(byHand).toContain('is now JP, Asia/Tokyo')
    const mended = await eventually(async () => {
      const { data } = await offersIn(city)
      const quotes = data.searchRooms.edges.map((edge: { node: { quote: object } }) => edge.node.quote)
      return quotes.every((quote: { __typename: string }) => quote.__typename === 'Quote') && quotes
    })
    expect(mended).toHaveLength(2)
    expect((await bookRoom(hotel, 'guest1', broken ?? '', stay)).__typename).toBe('RoomBooked')
  })
})

describe('a stay', () => {
  const quoted = async (id: string, startDate: string, endDate: string, guests = 1) => {
    const query = `query ($id: ID!, $s: Date!, $e: Date!, $g: Int) { room(id: $id) { quote(startDate: $s, endDate: $e, guests: $g) {
      __typename ... on InvalidInput { field message problems { field message code } } ... on Quote { total { amount } } } } }`
    return (await hotel.one(null, query, { id, s: startDate, e: endDate, g: guests })).quote
  }

  it('is refused in the words of its guest, for everything at once, in a quote as in a booking', async () => {
    const id = await registerRoom(hotel, 'host1', { minNights: 3, capacity: 2, bookingWindowDays: 60 })
    const message = 'This room is booked for at least 3 nights.'
    expect(await quoted(id, inDays(40), inDays(42))).toEqual({
      __typename: 'InvalidInput',
      ...{ field: 'endDate', message, problems: [{ field: 'endDate', message, code: 'MIN_NIGHTS' }] },
    })
    const several = await quoted(id, inDays(70), inDays(71), 5)
    expect(several.problems.map(({ code }: { code: string }) => code)).toEqual([
      ...['BOOKING_WINDOW', 'MIN_NIGHTS', 'MAX_GUESTS'],
    ])
    const booked = await hotel.one(
      'guest1',
      `mutation ($input: BookRoomInput!) { bookRoom(input: $input) { ... on InvalidInput { field problems { field code } } } }`,
      { input: { roomId: id, ...stay, guests: 3, paymentMethod: '4242 4242 4242 4242', idempotencyKey: '' } },
    )
    expect(booked.problems.map(({ field }: { field: string }) => field)).toEqual([
      ...['idempotencyKey', 'paymentMethod', 'endDate', 'guests'],
    ])
  })

  it('is taxed by four decimals', async () => {
    const { room } = await register({ country: 'IT', taxPercent: 8.875 })
    expect(room.taxPercent).toBe(8.875)
    expect(await quoted(room.id, inDays(40), inDays(43))).toMatchObject({ total: { amount: 30_000 + 2_663 } })
  })

  it('of nights that have passed at the room is offered by no search', async () => {
    const city = 'Long ago'
    const zones = ['Pacific/Kiritimati', 'Pacific/Pago_Pago']
    for (const timeZone of zones) await registerRoom(hotel, 'host1', { city, timeZone })
    // At noon in Pago Pago, 25 hours behind Kiritimati, it is two days earlier there.
    const today = (timeZone: string) => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date())
    const found = async (startDate: string) => {
      const filter = { city, startDate, endDate: inDays(50) }
      const query =
        'query ($filter: RoomFilter) { searchRooms(filter: $filter) { edges { node { location { timeZone } } } } }'
      const { edges } = await hotel.one(null, query, { filter })
      return edges
        .map((edge: { node: { location: { timeZone: string } } }) => edge.node.location.timeZone)
        .sort()
    }
    expect(await found(inDays(-3))).toEqual([])
    expect(await found(today('Pacific/Pago_Pago'))).toEqual(['Pacific/Pago_Pago'])
    expect(await found(inDays(2))).toEqual(zones)
  })
})
