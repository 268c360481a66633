import { createServiceClient, NotAccepted } from '@myhotel/kit/graphql-client'
import { createGuard, NotTakenIn } from '@myhotel/kit/guard'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import { z } from 'zod'
import type { PaymentOutcome, Payments } from '../application/ports.ts'
import {
  ApprovePaymentDocument,
  type ApprovePaymentMutation,
  ResolvePaymentDocument,
  VoidPaymentDocument,
} from './payment-operations.generated.ts'

/** Payment gets this long to answer an approval; then its outcome is unknown. */
const approveWithinMs = 3_000
/**
 * While the breaker is open, payment is tried again so often. A trial that is refused costs nothing, and one that gets
 * no answer is one guest's who must wait: so payment is taken in again soon after it is back.
 */
const retryAfterMs = 1_000
/** Payment stops charging so long before the nights are given up, so that book still learns of the last charge. */
const marginMs = 5_000

/** Payment's decline code for a method that names nothing; see its schema. */
const noSuchMethodCode = 'no_such_payment_method'

type Answered = ApprovePaymentMutation['approvePayment']

const outcomes = [
  z.object({ __typename: z.literal('PaymentApproval'), paymentId: z.uuid() }),
  z.object({ __typename: z.literal('PaymentDecline'), declineCode: z.string(), message: z.string() }),
  z.object({ __typename: z.literal('PaymentPending') }),
  z.object({ __typename: z.literal('PaymentTombstoned') }),
] as const
const notAccepted = z.object({ __typename: z.literal('PaymentNotAccepted'), retryAfterSeconds: z.int() })
const approved = z.object({ approvePayment: z.discriminatedUnion('__typename', [...outcomes, notAccepted]) })
const resolved = z.object({ resolvePayment: z.discriminatedUnion('__typename', outcomes) })
const voided = z.object({ voidPayment: z.object({ settled: z.boolean() }) })

/**
 * The payment context over its GraphQL API. A breaker and a bulkhead stand before approvals: declines are answers
 * and never open it; that payment takes nothing in does, so that guests are told at once and nothing is written. Resolving and undoing pass it by, since they must go on until they have succeeded.
 */
export function paymentClient(options: {
  url: string
  sign: Signer
  log: Logger
  concurrent: number
  /** Milliseconds for which an attempt holds its nights. */
  holdMs: number
}): Payments & { close(): Promise<void> } {
  const { log, concurrent } = options
  const { url, sign } = options
  const connection = { audience: 'payment', url, sign, log, connections: concurrent }
  const approvals = createServiceClient({ ...connection, timeoutMs: approveWithinMs, insist: false })
  const inquiries = createServiceClient({ ...connection, connections: 8, timeoutMs: 5_000 })
  const guard = createGuard({
    ...{ callee: 'payment', calls: 'approvals' },
    concurrent,
    retryAfterMs,
    isFailure: () => true,
  })

  return {
    busyFor: () => guard.refusesFor(),

    async approve(attempt, amount, method) {
      const input = {
        attemptId: attempt.id,
        bookingId: attempt.id,
        guestId: attempt.guestId,
        hostId: attempt.hostId,
        roomId: attempt.roomId,
        amount,
        method,
        chargeWithinMs: options.holdMs - marginMs,
      }
      try {
        return await guard.run(async () => {
          const { approvePayment } = await approvals.send(ApprovePaymentDocument, { input }, approved)
          if (approvePayment.__typename === 'PaymentNotAccepted') {
            throw new NotTakenIn(approvePayment.retryAfterSeconds)
          }
          return toOutcome(approvePayment)
        })
      } catch (error) {
        if (error instanceof NotTakenIn)
          return { type: 'not accepted', retryAfterSeconds: error.retryAfterSeconds }
        log.warn({ err: error, attemptId: attempt.id }, 'payment did not answer')
        return error instanceof NotAccepted
          ? { type: 'not accepted', retryAfterSeconds: retryAfterMs / 1000 }
          : { type: 'unknown' }
      }
    },

    async resolve(attempt) {
      try {
        const asked = { attemptId: attempt.id }
        const answer = await inquiries.send(ResolvePaymentDocument, asked, resolved)
        return toOutcome(answer.resolvePayment)
      } catch (error) {
        log.warn({ err: error, attemptId: attempt.id }, 'payment cannot be asked')
        return { type: 'unknown' }
      }
    },

    async undo(attempt) {
      try {
        await inquiries.send(VoidPaymentDocument, { attemptId: attempt.id }, voided)
        return true
      } catch (error) {
        log.warn({ err: error, attemptId: attempt.id }, 'payment not undone yet')
        return false
      }
    },

    async close() {
      await Promise.all([approvals.close(), inquiries.close()])
    },
  }
}

function toOutcome(answer: Answered): PaymentOutcome {
  switch (answer.__typename) {
    case 'PaymentApproval':
      return { type: 'approved', paymentId: answer.paymentId }
    case 'PaymentDecline':
      if (answer.declineCode === noSuchMethodCode) return { type: 'no such method' }
      return { type: 'declined', declineCode: answer.declineCode, message: answer.message }
    case 'PaymentNotAccepted':
      return { type: 'not accepted', retryAfterSeconds: answer.retryAfterSeconds }
    case 'PaymentTombstoned':
      return { type: 'dead' }
    case 'PaymentPending':
      return { type: 'unknown' }
  }
}
