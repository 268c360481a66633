import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFacts } from '../../tools/invariants/facts.ts'
import { askForRoom, bookRoom, cancelBooking, type Hotel, inDays, openHotel, registerRoom } from './hotel.ts'

let hotel: Hotel
beforeAll(async () => {
  hotel = await openHotel()
})
afterAll(() => hotel?.close())

const perNight = 450_000_000
const total = 5 * perNight
const idr = (amount: number) => ({ amount, currency: 'IDR' })
const told = (amount: number) => ({ ...idr(amount), decimals: 2 })

const found = async (filter: object, sort = 'NEWEST') => {
  const query = `query ($filter: RoomFilter, $sort: RoomSort) {
    searchRooms(filter: $filter, sort: $sort, first: 50) { edges { node { id pricePerNight { amount } } } } }`
  const page = await hotel.one(null, query, { filter, sort })
  return page.edges.map((edge: { node: { id: string } }) => edge.node.id)
}
const mails = async (subject: string) => {
  const listed = await fetch(new URL('/messages', hotel.system.record.mail ?? ''))
  const all = (await listed.json()) as { subject: string; text?: string; raw?: string }[] | { messages: [] }
  return JSON.stringify(Array.isArray(all) ? all : all.messages).includes(subject)
}

describe('five nights at 4.5 million rupiah, more minor units than 32 bits hold', () => {
  const city = 'Ubud'
  let roomId: string
  let cheaper: string
  let bookingId: string

  it('are searched, sorted and filtered by price', async () => {
    const place = { city, country: 'ID', timeZone: 'Asia/Makassar' }
    roomId = await registerRoom(hotel, 'host31', { ...place, pricePerNight: idr(perNight) })
    cheaper = await registerRoom(hotel, 'host31', { ...place, pricePerNight: idr(perNight - 1) })
    const dearest = await registerRoom(hotel, 'host31', { ...place, pricePerNight: idr(2 ** 53 - 1) })
    expect(await found({ city }, 'PRICE_ASC')).toEqual([cheaper, roomId, dearest])
    expect(await found({ city }, 'PRICE_DESC')).toEqual([dearest, roomId, cheaper])
    expect(await found({ city, minPrice: idr(perNight) }, 'PRICE_ASC')).toEqual([roomId, dearest])
    expect(await found({ city, maxPrice: idr(perNight - 1) })).toEqual([cheaper])
    expect(await found({ city, minPrice: idr(2 ** 53 - 1) })).toEqual([dearest])
  })

  it('are quoted, booked and paid', async () => {
    const room = await hotel.one(
      null,
      `query ($id: ID!, $from: Date!, $to: Date!) { room(id: $id) { quote(startDate: $from, endDate: $to) {
         ... on Quote { total { amount currency decimals } price { lines { amount { amount } } } } } } }`,
      { id: roomId, from: inDays(30), to: inDays(35) },
    )
    expect(room.quote).toEqual({ total: told(total), price: { lines: [{ amount: { amount: total } }] } })
    const stay = { startDate: inDays(30), endDate: inDays(35), expectedTotal: idr(total) }
    const booked = await bookRoom(hotel, 'guest31', roomId, stay)
    expect(booked).toMatchObject({ __typename: 'RoomBooked', booking: { price: { total: idr(total) } } })
    bookingId = booked.booking.id
  })

  it('are shown on My Page and mailed with the digits of ISO 4217', async () => {
    const page = await eventually(async () => {
      const shown = await hotel.one(
        'guest31',
        '{ myPage { guest { bookings { edges { node { bookingId paymentStatus total { amount currency decimals } } } } } } }',
      )
      return shown.guest.bookings.edges[0]?.node.paymentStatus && shown.guest.bookings.edges[0].node
    })
    expect(page).toEqual({ bookingId, paymentStatus: 'APPROVED', total: told(total) })
    await eventually(() => mails('Paid: IDR 22,500,000.00'))
  })

  it('are given back whole', async () => {
    const canceled = await cancelBooking(hotel, 'guest31', bookingId)
    expect(canceled.booking.cancellation.refund).toEqual({ amount: total })
    const payment = await eventually(async () => {
      const booking = await hotel.one(
        'guest31',
        `query ($id: ID!) { booking(id: $id) { payment { status amount { amount } refunded { amount decimals } } } }`,
        { id: bookingId },
      )
      return booking.payment?.status === 'CANCELED' && booking.payment
    })
    expect(payment).toMatchObject({ amount: { amount: total }, refunded: { amount: total, decimals: 2 } })
    const facts = await readFacts(hotel.system.record)
    const captured = facts.captures.find(({ amount }) => amount === total)
    expect(captured).toMatchObject({ currency: 'IDR' })
    expect(facts.refunds.filter(({ paymentId }) => paymentId === captured?.id)).toMatchObject([
      { amount: total },
    ])
    expect(facts.bookings.find(({ id }) => id === bookingId)).toMatchObject({ amount: total, refund: total })
  })
})

describe('the largest amount', () => {
  const largest = 2 ** 53 - 1

  it('is bookable, and one night more is refused in words', async () => {
    const room = await registerRoom(hotel, 'host31', { pricePerNight: idr(largest) })
    const refused = await askForRoom(hotel, 'guest32', room, { startDate: inDays(30), endDate: inDays(32) })
    expect(refused).toMatchObject({
      __typename: 'InvalidInput',
      field: 'endDate',
      message: 'The total exceeds the largest amount that can be charged at once. Choose fewer nights.',
    })
    const booked = await bookRoom(hotel, 'guest32', room, { startDate: inDays(30), endDate: inDays(31) })
    expect(booked.booking.price.total).toEqual(idr(largest))
    const shown = await hotel.one(
      'guest32',
      '{ myPage { guest { bookings { edges { node { total { amount currency decimals } } } } } } }',
    )
    expect(shown.guest.bookings.edges).toEqual([{ node: { total: told(largest) } }])
    await eventually(() => mails('Paid: IDR 90,071,992,547,409.91'))
    expect((await cancelBooking(hotel, 'guest32', booked.booking.id)).booking.cancellation.refund).toEqual({
      amount: largest,
    })
  })

  it.each(['1.5', '1e3', '9007199254740992', '-9007199254740992', '"1"', 'true'])(
    'and %s as a literal is the client’s mistake',
    async (amount) => {
      const query = `{ searchRooms(filter: { minPrice: { amount: ${amount}, currency: "EUR" } }) { edges { cursor } } }`
      const { status, errors } = await hotel.send(null, query)
      expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
    },
  )

  it.each([1.5, 2 ** 53, -(2 ** 53), '1', true, null, {}])('and %j as a variable', async (amount) => {
    const query = `query ($price: MoneyInput) { searchRooms(filter: { minPrice: $price }) { edges { cursor } } }`
    const { status, errors } = await hotel.send(null, query, { price: { amount, currency: 'EUR' } })
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
  })
})
