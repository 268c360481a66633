import { batched } from '@myhotel/kit/batch'
import { badInput } from '@myhotel/kit/connection'
import { moneyFields } from '@myhotel/kit/currency'
import { canonicalId, idOrNone } from '@myhotel/kit/ids'
import { type RequestContext, userOf } from '@myhotel/kit/serve'
import { blockDates, unblockDates } from '../application/block-dates.ts'
import { bookRoom } from '../application/book-room.ts'
import {
  type CancelRefusal,
  cancelBooking,
  cancelBookingForServiceCenter,
  momentOf,
} from '../application/cancel-booking.ts'
import type { Ports } from '../application/ports.ts'
import { freeDates, quote } from '../application/quote.ts'
import type { BookingRequest } from '../domain/attempt.ts'
import { type Booking, refundIfCanceledNow, statusOf } from '../domain/booking.ts'
import { isRefusal, nightsOf, type Problem, refuseInput, type Stay } from '../domain/stay.ts'
import type { BookRoomInput, Resolvers } from './graphql.generated.ts'
import { asIntent, asReason } from './input.ts'
import { told } from './refusals.ts'

/** Resolvers hand over to the application and put its answers into the API's types; who may ask, policy.ts says. */
export function resolvers(ports: Ports): Resolvers {
  const { calendar } = ports
  const iso = (ms: number) => new Date(ms).toISOString()

  const { Booking: findBooking } = finders(ports)

  function canceled(context: RequestContext, result: Booking | CancelRefusal) {
    if (isRefusal(result)) return told(result)
    context.wrote(`book.${result.id}`, result.version)
    return { __typename: 'BookingCanceled' as const, booking: result }
  }

  /** Refuses what cannot be booked as it was asked for, together with what is wrong with the stay. */
  async function refuseIntent({ roomId, stay, guests }: BookingRequest, problems: readonly Problem[]) {
    const quoted = await quote(ports, { roomId, stay, guests })
    if ('code' in quoted && quoted.code === 'NOT_FOUND') return quoted
    const ofStay = 'code' in quoted && quoted.code === 'INVALID_INPUT' ? quoted.problems : []
    return refuseInput([...problems, ...ofStay])
  }

  const range = ({ startDate, endDate }: Stay): Stay => ({ startDate, endDate })

  return {
    Query: {
      booking: (_, { id }) => findBooking(id),
      async upcomingBookings(_, args) {
        const roomId = canonicalId(args.roomId)
        if (!roomId) return 0
        const listing = await ports.listings.find(roomId)
        if (!listing) return 0
        const { timeZone } = listing.offer
        const today = calendar.today(calendar.knows(timeZone) ? timeZone : 'UTC')
        return ports.bookings.countUpcoming(roomId, today)
      },
    },

    Mutation: {
      async bookRoom(_, { input }: { input: BookRoomInput }, context) {
        const { intent, problems } = asIntent(userOf(context), input)
        const result =
          problems.length > 0 ? await refuseIntent(intent, problems) : await bookRoom(ports, intent)
        if (isRefusal(result)) return told(result)
        if (result.type === 'BookingInProgress') return { __typename: result.type, ...result }
        context.wrote(`book.${result.bookingId}`, 1)
        return { __typename: result.type, ...result }
      },

      async cancelBooking(_, { bookingId, reason }, context) {
        const said = asReason(reason)
        if (said && typeof said === 'object') return told(said)
        const command = { bookingId: idOrNone(bookingId), userId: userOf(context), reason: said }
        return canceled(context, await cancelBooking(ports, command))
      },

      async cancelBookingForServiceCenter(_, { bookingId, reason }, context) {
        const said = asReason(reason) ?? ''
        if (typeof said === 'object') return told(said)
        return canceled(
          context,
          await cancelBookingForServiceCenter(ports, { bookingId: idOrNone(bookingId), reason: said }),
        )
      },

      async blockDates(_, args, context) {
        const roomId = idOrNone(args.roomId)
        const result = await blockDates(ports, { roomId, hostId: userOf(context), range: range(args) })
        if ('code' in result) return told(result)
        return { __typename: 'DatesBlocked', roomId, blocked: [...result] }
      },

      async unblockDates(_, args, context) {
        const roomId = idOrNone(args.roomId)
        const result = await unblockDates(ports, { roomId, hostId: userOf(context), range: range(args) })
        if ('code' in result) return told(result)
        return { __typename: 'DatesUnblocked', roomId, blocked: [...result] }
      },
    },

    Room: {
      __resolveReference: ({ id }) => ({ id: canonicalId(id) ?? id }),
      async quote({ id }, args) {
        const guests = args.guests ?? 1
        const asked = { roomId: idOrNone(id), stay: range(args), guests }
        const result = await quote(ports, asked)
        if (isRefusal(result)) return told(result)
        const { price, offer } = result
        const terms = { total: price.total, cancellationPolicy: offer.cancellationPolicy }
        return {
          __typename: 'Quote',
          ...{ ...asked.stay, ...terms, guests },
          nights: nightsOf(asked.stay),
          price: { ...price, lines: [...price.lines] },
        }
      },
      async freeDates({ id }, { from, to }) {
        const asked = { startDate: from, endDate: to }
        if (to <= from || nightsOf(asked) > longestCalendar) {
          throw badInput('to', `must be after from, by at most ${longestCalendar} days`)
        }
        return [...(await freeDates(ports, idOrNone(id), asked))]
      },
    },

    Money: moneyFields,

    RoomBooked: {
      async booking({ bookingId, booking }) {
        const found = booking ?? (await ports.bookings.find(bookingId))
        if (!found) throw new Error(`booking ${bookingId} of a confirmed attempt is missing`)
        return found
      },
    },

    Booking: {
      __resolveReference: ({ id }) => findBooking(id),
      room: ({ roomId }) => ({ id: roomId }),
      startDate: ({ stay }) => stay.startDate,
      endDate: ({ stay }) => stay.endDate,
      nights: ({ stay }) => nightsOf(stay),
      status: (booking) => statusOf(booking, momentOf(calendar, booking).today),
      price: ({ terms }) => ({ ...terms.price, lines: [...terms.price.lines] }),
      cancellationPolicy: ({ terms }) => terms.cancellationPolicy,
      bookedAt: ({ bookedAt }) => iso(bookedAt),
      checkInAt: (booking) => iso(momentOf(calendar, booking).checkInAt),
      cancellation: (booking) =>
        booking.status === 'CANCELED'
          ? { ...booking.cancellation, canceledAt: iso(booking.cancellation.canceledAt) }
          : null,
      refundIfCanceledNow: (booking) => refundIfCanceledNow(booking, momentOf(calendar, booking)),
    },
  }
}

/** How the objects of the policy are found; what is no id of ours finds none. */
export function finders({ bookings, listings }: Ports) {
  // A page of bookings is one query.
  const load = batched(bookings.findAll)
  return {
    Booking: async (id: string) => (await load(idOrNone(id))) ?? null,
    Room: async (id: string) => {
      const roomId = canonicalId(id)
      return roomId ? listings.find(roomId) : null
    },
  }
}

/** In days. */
const longestCalendar = 1_100
