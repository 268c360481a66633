import { BookCanceled } from '@myhotel/contracts/book'
import { correlated } from '@myhotel/kit/context'
import { onAll, type Reaction, type Received } from '@myhotel/kit/subscription'
import { refundWheneverBookCanceled } from '../application/policies.ts'
import type { Prisma } from './prisma-client/client.ts'
import { prismaPayments } from './prisma-payments.ts'

/** What payment does about the events of others. */
export function reactions(now: () => number): Reaction<Prisma.TransactionClient>[] {
  async function refund(events: readonly Received<BookCanceled>[], tx: Prisma.TransactionClient) {
    const payments = prismaPayments(tx)
    const stored = await payments.byIds(events.map(({ data }) => data.paymentId))
    for (const { data, envelope } of events) {
      const payment = stored.get(data.paymentId) ?? null
      await correlated(envelope, () => refundWheneverBookCanceled(payments, payment, data, now()))
    }
  }
  return [onAll(BookCanceled, refund)]
}
