import { AccessRefused } from '@myhotel/contracts/audit'
import type { Bus } from '@myhotel/kit/bus'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { on, subscribe } from '@myhotel/kit/subscription'
import { recordWheneverAccessRefused } from '../application/policies.ts'
import type { Database, Transaction } from './database.ts'
import { prismaRefusals } from './prisma-audit-trail.ts'

/** Subscribes the service centre's policies to what is refused anywhere, here included. */
export function eventConsumer(options: { bus: Bus; database: Database; log: Logger }): Part {
  return subscribe<Transaction>({
    ...options,
    consumer: 'servicecenter',
    reactions: [
      on(AccessRefused, (data, tx, { correlationId }) =>
        recordWheneverAccessRefused(prismaRefusals(tx), data, correlationId),
      ),
    ],
  })
}
