import { setTimeout as delay } from 'node:timers/promises'
import type { Api } from '../api/client.ts'
import { toDate } from './calendar.ts'
import type { Clocks } from './clocks.ts'
import { type PastBooking, totalOf } from './history.ts'
import type { Plan, PlannedRoom } from './plan.ts'

export const currency = 'EUR'

/** The most that a room may hold: larger groups are entered as fifty. */
export const capacity = 50
/** The longest booking window that there is. */
const bookingWindowDays = 3_650

/** A room as it was registered, with its price now. */
export type Room = { id: string; host: string; pricePerNight: number }

/** What a booking came to. */
export type Booked = { bookingId: string } | { refusal: string }

/** What the replay does to the hotel, through the public API, each kind of call on its own clock. */
export type Hotel = {
  register(planned: PlannedRoom, host: string): Promise<Room>
  /**
   * Books at the row's own rate: where the room has another price, its host changes it first, and the guest insists
   * on the new total until it is offered.
   */
  book(room: Room, booking: PastBooking, guest: string): Promise<Booked>
  /** Null, or the code of the refusal. */
  cancel(bookingId: string, guest: string): Promise<string | null>
}

type Refusal = { __typename: string; code?: string; message?: string; retryAfterSeconds?: number }

const registerRoom = `mutation ($input: RegisterRoomInput!) {
  registerRoom(input: $input) { __typename ... on RoomRegistered { room { id } } ... on Refusal { code message } }
}`
const changeRoom = `mutation ($input: ChangeRoomInput!) {
  changeRoom(input: $input) { __typename ... on Refusal { code message } }
}`
const bookRoom = `mutation ($input: BookRoomInput!) {
  bookRoom(input: $input) {
    __typename
    ... on RoomBooked { booking { id } }
    ... on BookingInProgress { retryAfterSeconds }
    ... on PaymentBusy { retryAfterSeconds }
    ... on Refusal { code message }
  }
}`
const cancelBooking = `mutation ($id: ID!) {
  cancelBooking(bookingId: $id) { __typename ... on Refusal { code message } }
}`

/** Pause before a total is insisted on again, and how long altogether. */
const insistEveryMs = 15
const insistForMs = 60_000

/** `run` makes the idempotency keys of this replay its own. */
export function openHotel(options: {
  api: Api
  plan: Plan
  run: string
  clocks: Clocks
  today: number
}): Hotel {
  const { api, plan, run, clocks } = options
  if (plan.lastArrival - options.today > bookingWindowDays) {
    throw new Error('This history is too long: a room can be booked at most ten years ahead.')
  }

  async function setPrice(room: Room, amount: number): Promise<void> {
    const input = { roomId: room.id, pricePerNight: { amount, currency } }
    const host = api.as(room.host)
    const { changeRoom: answer } = await clocks.time('changeRoom', () =>
      host.askUntilAnswered<{ changeRoom: Refusal }>(changeRoom, { input }),
    )
    if (answer.code) throw new Error(`The price of a room could not be changed: ${answer.message}`)
    room.pricePerNight = amount
  }

  return {
    async register({ roomType, number, steps }, host) {
      const pricePerNight = steps[0]?.booking.rate ?? 1
      const input = {
        name: `${roomType} ${number}`,
        description: `Of the replay ${run} of a hotel's booking history.`,
        pricePerNight: { amount: pricePerNight, currency },
        // Where the data set's resort is: the Algarve.
        ...{ city: 'Faro', country: 'PT', latitude: 37.0194, longitude: -7.9304, timeZone: 'Europe/Lisbon' },
        ...{ capacity, bookingWindowDays, maxNights: Math.max(365, plan.longestStay) },
        cancellationPolicy: 'FLEXIBLE',
      }
      const { registerRoom: answer } = await clocks.time('registerRoom', () =>
        api.as(host).ask<{ registerRoom: Refusal & { room: { id: string } } }>(registerRoom, { input }),
      )
      if (answer.code) throw new Error(`A room could not be registered: ${answer.message}`)
      return { id: answer.room.id, host, pricePerNight }
    },

    async book(room, booking, guest) {
      const { arrival, nights, rate, line } = booking
      if (room.pricePerNight !== rate) await setPrice(room, rate)
      const input = {
        roomId: room.id,
        startDate: toDate(arrival + plan.shift),
        endDate: toDate(arrival + plan.shift + nights),
        guests: Math.min(booking.guests, capacity),
        paymentMethod: 'pm_card_visa',
        expectedTotal: { amount: totalOf(booking), currency },
        idempotencyKey: `replay-${run}-${line}`,
      }
      const deadline = Date.now() + insistForMs
      for (;;) {
        const { bookRoom: answer } = await clocks.time('bookRoom', () =>
          api
            .as(guest)
            .askUntilAnswered<{ bookRoom: Refusal & { booking?: { id: string } } }>(bookRoom, { input }),
        )
        if (answer.booking) return { bookingId: answer.booking.id }
        const again = pauseBefore(answer)
        const refusal = answer.code ?? answer.__typename
        if (again === null || Date.now() > deadline) return { refusal }
        clocks.count(`asked again after ${refusal}`)
        await delay(again)
      }
    },

    async cancel(id, guest) {
      const { cancelBooking: answer } = await clocks.time('cancelBooking', () =>
        api.as(guest).askUntilAnswered<{ cancelBooking: Refusal }>(cancelBooking, { id }),
      )
      return answer.code ?? null
    },
  }
}

/** Milliseconds after which the same request may have another answer; null where the answer is final. */
function pauseBefore({ __typename, retryAfterSeconds = 1 }: Refusal): number | null {
  if (__typename === 'PriceChanged') return insistEveryMs
  const passes = __typename === 'PaymentBusy' || __typename === 'BookingInProgress'
  return passes ? retryAfterSeconds * 1_000 : null
}
