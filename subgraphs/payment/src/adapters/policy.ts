import type { PolicyOf } from '@myhotel/kit/policy'
import type { Approved } from '../domain/payment.ts'
import type { Resolvers } from './graphql.generated.ts'

/** Who may call what of schema.graphql, and who sees what. */
export const policy = {
  Query: {
    approvedPayments: ['service book'],
    paymentsOfBookings: ['service book'],
  },
  Mutation: {
    approvePayment: ['service book'],
    resolvePayment: ['service book'],
    voidPayment: ['service book'],
  },
  objects: {
    // Of a booking, payment knows no more than the id that it is asked by.
    Booking: { seenBy: ['anyone'], fields: ['id', 'payment'] },
    Payment: {
      seenBy: ['its guest', 'its host', 'agent', 'service book'],
      fields: ['id', 'bookingId', 'status', 'amount', 'refunded', 'approvedAt'],
      relations: {
        'its guest': ({ intent }: Approved, { subject }) => intent.guestId === subject,
        'its host': ({ intent }: Approved, { subject }) => intent.hostId === subject,
      },
    },
  },
} as const satisfies PolicyOf<Resolvers>
