import { chargingOf } from '@myhotel/kit/charging'
import { v7 } from 'uuid'
import { places } from '../adapters/places.ts'
import { type Details, makeOffer } from '../domain/details.ts'
import { isRefusal } from '../domain/refusal.ts'
import { evolve, type Room, type RoomEvent, register } from '../domain/room.ts'

/** What a host must say at least. */
export const details: Details = {
  name: 'Room with a view',
  pricePerNight: { amount: 10_000, currency: 'EUR' },
  city: 'Lisbon',
  country: 'PT',
  timeZone: 'Europe/Lisbon',
}

/** An instant in milliseconds since the epoch, early enough for all stays of the tests. */
export const now = Date.parse('2027-01-01T12:00:00Z')

/** A room just registered, with the event that made it. */
export function newRoom(change: Partial<Details> = {}, hostId = 'host1'): { room: Room; event: RoomEvent } {
  const event = register(
    {
      roomId: v7(),
      hostId,
      details: { ...details, ...change },
      now,
      charging: chargingOf('sandbox'),
    },
    places,
  )
  if (isRefusal(event)) throw new Error(event.message)
  return { room: evolve(null, event), event }
}

/** A room after the host said something else of it, with the event of that. */
export function changedRoom(room: Room, change: Partial<Details>): { room: Room; event: RoomEvent } {
  const offer = makeOffer({ ...details, ...change }, places)
  if (isRefusal(offer)) throw new Error(offer.message)
  const event: RoomEvent = { type: 'RoomChanged', offer }
  return { room: evolve(room, event), event }
}

/** A room after its host deleted it, with the event of that. */
export function deletedRoom(room: Room): { room: Room; event: RoomEvent } {
  const deletion = { by: 'HOST', byId: room.hostId, reason: null, at: now, on: '2027-01-01' } as const
  const event: RoomEvent = { type: 'RoomDeleted', deletion }
  return { room: evolve(room, event), event }
}
