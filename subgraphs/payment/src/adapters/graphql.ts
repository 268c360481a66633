import { batched } from '@myhotel/kit/batch'
import { moneyFields } from '@myhotel/kit/currency'
import { canonicalId, canonicalIds, idOrNone } from '@myhotel/kit/ids'
import type { Commands } from '../application/commands.ts'
import type { Payments } from '../application/ports.ts'
import { refundedOf } from '../domain/payment.ts'
import type { Standing } from '../domain/standing.ts'
import type { Resolvers } from './graphql.generated.ts'

/** Payments that are told at a time. */
const pageLength = 500

/** Resolvers of schema.graphql; who may ask, policy.ts says. */
export function createResolvers(commands: Commands, payments: Payments): Resolvers {
  // The payments of a page of bookings are one query.
  const byBooking = batched(payments.byBookings)
  return {
    Booking: {
      __resolveReference: ({ id }) => ({ id: canonicalId(id) ?? id }),
      async payment({ id }) {
        const bookingId = canonicalId(id)
        return bookingId ? ((await byBooking(bookingId)) ?? null) : null
      },
    },
    Query: {
      async approvedPayments(_, { from, before, after }) {
        const [since, until] = [Date.parse(from), Date.parse(before)]
        return [...(await payments.approvedBetween(since, until, after ? idOrNone(after) : null, pageLength))]
      },
      async paymentsOfBookings(_, { bookingIds }) {
        return [...(await payments.byBookings(canonicalIds(bookingIds))).values()]
      },
    },
    Payment: {
      bookingId: ({ intent }) => intent.bookingId,
      status: ({ state }) => state,
      amount: ({ intent }) => intent.amount,
      refunded: (payment) => refundedOf(payment),
      approvedAt: ({ approvedAt }) => toInstant(approvedAt),
    },
    Money: moneyFields,
    Mutation: {
      async approvePayment(_, { input }) {
        const { attemptId, chargeWithinMs, ...intent } = input
        const deadline = Date.now() + chargeWithinMs
        const standing = await commands.approve(attemptId, { ...intent, deadline })
        if (!('outcome' in standing)) return toResult(attemptId, standing)
        const { retryAfterSeconds } = standing
        return { __typename: 'PaymentNotAccepted', retryAfterSeconds }
      },
      async resolvePayment(_, { attemptId }) {
        return toResult(attemptId, await commands.resolve(attemptId))
      },
      async voidPayment(_, { attemptId }) {
        return { attemptId, ...(await commands.voidAttempt(attemptId)) }
      },
    },
  }
}

const toInstant = (instant: number) => new Date(instant).toISOString()

function toResult(attemptId: string, standing: Standing) {
  switch (standing.is) {
    case 'approved': {
      const { paymentId, approvedAt } = standing
      return { __typename: 'PaymentApproval', paymentId, approvedAt: toInstant(approvedAt) } as const
    }
    case 'declined': {
      const { code, message } = standing
      return { __typename: 'PaymentDecline', declineCode: code, message } as const
    }
    case 'pending':
      return { __typename: 'PaymentPending', reason: 'the provider has not told the outcome yet' } as const
    case 'tombstoned':
      return { __typename: 'PaymentTombstoned', attemptId } as const
  }
}
