import { createServiceClient } from '@myhotel/kit/graphql-client'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import { z } from 'zod'
import type { Records } from '../application/reconcile.ts'
import type { PaymentRecord } from '../domain/reconciliation.ts'
import { ApprovedPaymentsDocument, PaymentsOfBookingsDocument } from './payment-operations.generated.ts'

/** Nobody waits for it, and a page is read from hundreds of rows. */
const timeoutMs = 15_000

const payment = z.object({
  id: z.uuid(),
  bookingId: z.uuid(),
  amount: z.object({ amount: z.int(), currency: z.string() }),
  refunded: z.object({ amount: z.int() }),
  status: z.string(),
})
const approved = z.object({ approvedPayments: z.array(payment) })
const ofBookings = z.object({ paymentsOfBookings: z.array(payment) })

/** Payment's records over its GraphQL API, on connections of their own. */
export function paymentRecords(options: {
  url: string
  sign: Signer
  log: Logger
}): Records['payments'] & { close(): Promise<void> } {
  const client = createServiceClient({ audience: 'payment', ...options, timeoutMs, connections: 1 })
  const iso = (instant: number) => new Date(instant).toISOString()
  return {
    async approvedBetween(from, before, after) {
      const asked = { from: iso(from), before: iso(before), after }
      return (await client.send(ApprovedPaymentsDocument, asked, approved)).approvedPayments.map(toRecord)
    },
    async ofBookings(bookingIds) {
      const answer = await client.send(
        PaymentsOfBookingsDocument,
        { bookingIds: [...bookingIds] },
        ofBookings,
      )
      return answer.paymentsOfBookings.map(toRecord)
    },
    close: () => client.close(),
  }
}

const toRecord = ({ id, bookingId, amount, refunded, status }: z.infer<typeof payment>): PaymentRecord => ({
  ...{ id, bookingId, amount },
  refunded: refunded.amount,
  refunding: status === 'REFUND_PENDING',
})
