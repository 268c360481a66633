import { BookCanceled, Booked, DatesBlocked, DatesUnblocked } from '@myhotel/contracts/book'
import { BookCounted } from '@myhotel/contracts/marketing'
import type { Bus } from '@myhotel/kit/bus'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { on, subscribe } from '@myhotel/kit/subscription'
import {
  freeNightsWheneverBookCanceled,
  freeNightsWheneverDatesUnblocked,
  rankRoomWheneverBookCounted,
  takeNightsWheneverBooked,
  takeNightsWheneverDatesBlocked,
} from '../application/policies.ts'
import type { Database, Transaction } from './database.ts'
import { prismaPopularities, prismaTakenNights } from './prisma-taken-nights.ts'

/** Subscribes room's policies to the events of book and marketing. */
export function eventConsumer(options: { bus: Bus; database: Database; log: Logger }): Part {
  return subscribe<Transaction>({
    ...options,
    consumer: 'room',
    reactions: [
      on(Booked, (data, tx) => takeNightsWheneverBooked(prismaTakenNights(tx), data)),
      on(BookCanceled, (data, tx) => freeNightsWheneverBookCanceled(prismaTakenNights(tx), data)),
      on(DatesBlocked, (data, tx) => takeNightsWheneverDatesBlocked(prismaTakenNights(tx), data)),
      on(DatesUnblocked, (data, tx) => freeNightsWheneverDatesUnblocked(prismaTakenNights(tx), data)),
      on(BookCounted, (data, tx) => rankRoomWheneverBookCounted(prismaPopularities(tx), data)),
    ],
  })
}
