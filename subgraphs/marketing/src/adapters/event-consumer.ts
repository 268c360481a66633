import { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { RoomChanged, RoomDeleted, RoomRegistered } from '@myhotel/contracts/room'
import type { Bus } from '@myhotel/kit/bus'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { on, onAll, subscribe } from '@myhotel/kit/subscription'
import {
  countWheneverPaymentApproved,
  noteWheneverRoomDeleted,
  storeWheneverRoomOffered,
  uncountWheneverPaymentCanceled,
} from '../application/policies.ts'
import type { Clock } from '../application/ports.ts'
import type { Database, Transaction } from './database.ts'
import { prismaCounts } from './prisma-counts.ts'
import { prismaRooms } from './prisma-rooms.ts'

/** Subscribes marketing's policies to the events of payment and room. */
export function eventConsumer(options: {
  bus: Bus
  database: Database
  clock: Clock
  log: Logger
  afterCommit: () => void
}): Part {
  const { clock } = options
  return subscribe<Transaction>({
    ...options,
    consumer: 'marketing',
    reactions: [
      onAll(PaymentApproved, (paid, tx) => countWheneverPaymentApproved(prismaCounts(tx), clock, paid)),
      onAll(PaymentCanceled, (canceled, tx) =>
        uncountWheneverPaymentCanceled(prismaCounts(tx), clock, canceled),
      ),
      on(RoomRegistered, (data, tx, { version }) => storeWheneverRoomOffered(prismaRooms(tx), data, version)),
      on(RoomChanged, (data, tx, { version }) => storeWheneverRoomOffered(prismaRooms(tx), data, version)),
      on(RoomDeleted, (data, tx, { version }) => noteWheneverRoomDeleted(prismaRooms(tx), data, version)),
    ],
  })
}
