import type { OfferedRoom, RoomDeleted } from '@myhotel/contracts/room'
import { type BookedStay, type CanceledStay, decide, evolve } from '../domain/booking.ts'
import type { Listing } from '../domain/stay.ts'
import { momentOf } from './cancel-booking.ts'
import type { Calendar, CatalogueChange } from './ports.ts'

/** Whenever RoomRegistered or RoomChanged: the catalogue shows the room as it is offered now. */
export async function listWheneverRoomOffered(
  catalogue: CatalogueChange,
  room: OfferedRoom,
  version: number,
): Promise<void> {
  await catalogue.put(toListing(room, version, false))
}

/** Whenever RoomDeleted: bookings to come are cancelled with all given back, and none is confirmed any more. */
export async function cancelUpcomingBookingsWheneverRoomDeleted(
  catalogue: CatalogueChange,
  calendar: Calendar,
  room: RoomDeleted,
  version: number,
): Promise<void> {
  await catalogue.close(room.roomId, version)
  const upcoming = await catalogue.upcoming(room.roomId, room.deletedOn)
  const canceled = upcoming.flatMap((booking) => cancelForDeletion(calendar, booking, room.deletedOn))
  await catalogue.saveAllCanceled(canceled)
}

function cancelForDeletion(calendar: Calendar, booking: BookedStay, deletedOn: string): CanceledStay[] {
  const moment = { ...momentOf(calendar, booking), today: deletedOn }
  const decided = decide({ ...moment, canceledBy: 'ROOM_DELETED', reason: 'the room was deleted' }, booking)
  return typeof decided === 'object' && 'cancellation' in decided ? [evolve(booking, decided)] : []
}

/** Room's published words in book's own. */
export function toListing(room: OfferedRoom, version: number, deleted: boolean): Listing {
  const {
    roomId,
    registeredAt: _,
    taxBasisPoints,
    taxPartsPerMillion = taxBasisPoints * 100,
    ...offer
  } = room
  return { roomId, version, deleted, offer: { ...offer, taxPartsPerMillion } }
}
