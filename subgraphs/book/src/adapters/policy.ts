import type { PolicyOf } from '@myhotel/kit/policy'
import type { Booking } from '../domain/booking.ts'
import type { Listing } from '../domain/stay.ts'
import type { Resolvers } from './graphql.generated.ts'

/** Who may call what of schema.graphql, and who sees what. */
export const policy = {
  Query: {
    booking: ['user'],
    upcomingBookings: ['service room'],
  },
  Mutation: {
    bookRoom: ['guest'],
    cancelBooking: { for: ['user'], to: { type: 'Booking', id: 'bookingId' }, by: ['its guest', 'its host'] },
    blockDates: { for: ['host'], to: { type: 'Room', id: 'roomId' }, by: ['its host'] },
    unblockDates: { for: ['host'], to: { type: 'Room', id: 'roomId' }, by: ['its host'] },
    cancelBookingForServiceCenter: ['service servicecenter'],
  },
  objects: {
    Booking: {
      // The service centre is told which booking it has cancelled.
      seenBy: ['its guest', 'its host', 'agent', 'service servicecenter'],
      fields: [
        ...['id', 'room', 'guestId', 'startDate', 'endDate', 'nights', 'guests', 'status', 'price'],
        ...['cancellationPolicy', 'bookedAt', 'checkInAt', 'cancellation', 'refundIfCanceledNow'],
      ],
      relations: {
        'its guest': ({ guestId }: Booking, { subject }) => guestId === subject,
        'its host': ({ hostId }: Booking, { subject }) => hostId === subject,
      },
    },
    Room: {
      seenBy: ['anyone'],
      fields: ['id', 'quote', 'freeDates'],
      relations: { 'its host': ({ offer }: Listing, { subject }) => offer.hostId === subject },
    },
  },
} as const satisfies PolicyOf<Resolvers>
