import { BookCanceled, Booked, DatesBlocked, DatesUnblocked } from '@myhotel/contracts/book'
import { BookCounted } from '@myhotel/contracts/marketing'
import type { Bus } from '@myhotel/kit/bus'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { onAll, type Received, subscribe } from '@myhotel/kit/subscription'
import {
  freeNightsWheneverBookCanceled,
  freeNightsWheneverDatesUnblocked,
  rankRoomWheneverBookCounted,
  takeNightsWheneverBooked,
  takeNightsWheneverDatesBlocked,
} from '../application/policies.ts'
import type { TakenNights } from '../application/ports.ts'
import type { Database, Transaction } from './database.ts'
import { prismaPopularities, prismaTakenNights } from './prisma-taken-nights.ts'

/** Subscribes room's policies to the events of book and marketing. */
export function eventConsumer(options: { bus: Bus; database: Database; log: Logger }): Part {
  const nights =
    <Event>(policy: (nights: TakenNights, events: readonly Event[]) => Promise<void>) =>
    (events: readonly Received<Event>[], tx: Transaction) =>
      policy(
        prismaTakenNights(tx),
        events.map(({ data }) => data),
      )
  const ranks = (events: readonly Received<BookCounted>[], tx: Transaction) =>
    rankRoomWheneverBookCounted(
      prismaPopularities(tx),
      events.map(({ data }) => data),
    )

  return subscribe<Transaction>({
    ...options,
    consumer: 'room',
    reactions: [
      onAll(Booked, nights(takeNightsWheneverBooked)),
      onAll(BookCanceled, nights(freeNightsWheneverBookCanceled)),
      onAll(DatesBlocked, nights(takeNightsWheneverDatesBlocked)),
      onAll(DatesUnblocked, nights(freeNightsWheneverDatesUnblocked)),
      onAll(BookCounted, ranks),
    ],
  })
}
