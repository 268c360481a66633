import { RoomChanged, RoomDeleted, RoomRegistered } from '@myhotel/contracts/room'
import type { Sql } from '@myhotel/kit/sql'
import { on, type Reaction } from '@myhotel/kit/subscription'
import {
  cancelUpcomingBookingsWheneverRoomDeleted,
  listWheneverRoomOffered,
} from '../application/policies.ts'
import type { Calendar } from '../application/ports.ts'
import { prismaCatalogue } from './prisma-bookings.ts'

/** What book does about the events of others. */
export function reactions<Tx extends Sql>(calendar: Calendar): Reaction<Tx>[] {
  return [
    on(RoomRegistered, (room, tx, { version }) =>
      listWheneverRoomOffered(prismaCatalogue(tx), room, version),
    ),
    on(RoomChanged, (room, tx, { version }) => listWheneverRoomOffered(prismaCatalogue(tx), room, version)),
    on(RoomDeleted, (room, tx, { version }) =>
      cancelUpcomingBookingsWheneverRoomDeleted(prismaCatalogue(tx), calendar, room, version),
    ),
  ]
}
