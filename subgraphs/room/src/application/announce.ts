import { type Announcement, announcement } from '@myhotel/contracts/event'
import { type OfferedRoom, RoomChanged, RoomDeleted, RoomRegistered } from '@myhotel/contracts/room'
import type { Room, RoomEvent } from '../domain/room.ts'

/** The only crossing from room's own words to what it promises to others: an event, and the room that it made. */
export function announce(event: RoomEvent, room: Room): Announcement {
  switch (event.type) {
    case 'RoomRegistered':
      return announcement(RoomRegistered, room.id, room.version, asOffered(room))
    case 'RoomChanged':
      return announcement(RoomChanged, room.id, room.version, asOffered(room))
    case 'RoomDeleted':
      return announcement(RoomDeleted, room.id, room.version, {
        roomId: room.id,
        hostId: room.hostId,
        name: room.offer.name,
        deletedBy: event.deletion.by,
        reason: null,
        deletedOn: event.deletion.on,
        deletedAt: new Date(event.deletion.at).toISOString(),
      })
  }
}

/** A room as the other contexts know it. */
export function asOffered({ id, hostId, offer, registeredAt }: Room): Required<OfferedRoom> {
  return {
    roomId: id,
    hostId,
    name: offer.name,
    city: offer.city,
    country: offer.country,
    timeZone: offer.timeZone,
    pricePerNight: offer.pricePerNight,
    cleaningFee: offer.cleaningFee,
    taxBasisPoints: Math.round(offer.taxPartsPerMillion / 100),
    taxPartsPerMillion: offer.taxPartsPerMillion,
    capacity: offer.capacity,
    minNights: offer.minNights,
    maxNights: offer.maxNights,
    bookingWindowDays: offer.bookingWindowDays,
    checkInTime: offer.checkInTime,
    checkOutTime: offer.checkOutTime,
    cancellationPolicy: offer.cancellationPolicy,
    registeredAt: new Date(registeredAt).toISOString(),
  }
}
