import { BookCanceled } from '@myhotel/contracts/book'
import { on, type Reaction } from '@myhotel/kit/subscription'
import { refundWheneverBookCanceled } from '../application/policies.ts'
import type { Prisma } from './prisma-client/client.ts'
import { prismaPayments } from './prisma-payments.ts'

/** What payment does about the events of others. */
export function reactions(now: () => number): Reaction<Prisma.TransactionClient>[] {
  return [on(BookCanceled, (canceled, tx) => refundWheneverBookCanceled(prismaPayments(tx), canceled, now()))]
}
