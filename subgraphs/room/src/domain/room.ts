import { type Charging, type Prices, problemsOfCharging } from './charging.ts'
import { changeOffer, type Details, type DetailsChange, makeOffer } from './details.ts'
import type { Offer } from './offer.ts'
import type { Places } from './place.ts'
import {
  type Forbidden,
  type InvalidInput,
  isRefusal,
  type NotFound,
  noSuchRoom,
  notYourRoom,
  type Refusal,
  refuseInput,
  type UpcomingBookings,
  upcomingBookings,
} from './refusal.ts'

/** A room that guests can find and book. */
export type OfferedRoom = Registered & { readonly status: 'OFFERED' }

/** A room that only bookings still know. */
export type DeletedRoom = Registered & { readonly status: 'DELETED'; readonly deletion: Deletion }

export type Room = OfferedRoom | DeletedRoom

type Registered = Readonly<{
  id: string
  /** Raised by each event, from 1. */
  version: number
  hostId: string
  /** Milliseconds since the epoch, as all instants of the domain. */
  registeredAt: number
  offer: Offer
}>

export type Deletion = Readonly<{
  by: 'HOST' | 'SERVICE_CENTER'
  /** The host's or the agent's id. */
  byId: string
  reason: string | null
  at: number
  /** The date that it was at the room. */
  on: string
}>

/** A host wants to offer a new room; its id and the time come with the wish. */
export type RegisterRoom = Readonly<{
  roomId: string
  hostId: string
  details: Details
  now: number
  charging: Charging
}>

/** A host wants details of a room changed. */
export type ChangeRoom = Readonly<{ hostId: string; change: DetailsChange; charging: Charging }>

/** Deletes a room. `upcomingBookings` stand in the way; 0 where they shall be cancelled. */
export type DeleteRoom = Readonly<{ deletion: Deletion; upcomingBookings: number }>

export type RoomEvent =
  | Readonly<{ type: 'RoomRegistered'; roomId: string; hostId: string; registeredAt: number; offer: Offer }>
  | Readonly<{ type: 'RoomChanged'; offer: Offer }>
  | Readonly<{ type: 'RoomDeleted'; deletion: Deletion }>

/** What comes of a command: an event, nothing where things are so already, or a refusal. */
export type Decision<No extends Refusal> = RoomEvent | 'already' | No

/** Decides on a new room. */
export function register(
  { roomId, hostId, details, now, charging }: RegisterRoom,
  places: Places,
): RoomEvent | InvalidInput {
  const offer = withChargeable(makeOffer(details, places), details, charging)
  return isRefusal(offer) ? offer : { type: 'RoomRegistered', roomId, hostId, registeredAt: now, offer }
}

/** Decides on a change of a room. */
export function change(
  command: ChangeRoom,
  room: Room,
  places: Places,
): Decision<InvalidInput | NotFound | Forbidden> {
  if (room.hostId !== command.hostId) return notYourRoom
  if (room.status === 'DELETED') return noSuchRoom
  const { pricePerNight = room.offer.pricePerNight, cleaningFee = room.offer.cleaningFee } = command.change
  // A room whose price stays may have one from before, which quotes refuse: its host can still change all else.
  const isPriced = Boolean(command.change.pricePerNight || command.change.cleaningFee)
  const changed = changeOffer(room.offer, command.change, places)
  const offer =
    isPriced && pricePerNight
      ? withChargeable(changed, { pricePerNight, cleaningFee }, command.charging)
      : changed
  if (isRefusal(offer)) return offer
  return isSame(offer, room.offer) ? 'already' : { type: 'RoomChanged', offer }
}

/** Decides on the deletion of a room. */
export function remove(command: DeleteRoom, room: Room): Decision<Forbidden | UpcomingBookings> {
  const { deletion } = command
  if (deletion.by === 'HOST' && deletion.byId !== room.hostId) return notYourRoom
  if (room.status === 'DELETED') return 'already'
  if (command.upcomingBookings > 0) return upcomingBookings(command.upcomingBookings)
  return { type: 'RoomDeleted', deletion }
}

/** The room after an event. */
export function evolve(room: Room | null, event: RoomEvent): Room {
  if (event.type === 'RoomRegistered') {
    const { roomId, hostId, registeredAt, offer } = event
    return { status: 'OFFERED', id: roomId, version: 1, hostId, registeredAt, offer }
  }
  if (!room) throw new Error(`${event.type} of a room that was never registered`)
  const version = room.version + 1
  if (event.type === 'RoomChanged') return { ...room, version, offer: event.offer }
  return { ...room, version, status: 'DELETED', deletion: event.deletion }
}

/** An offer whose prices can be charged; else what is wrong with it, and with its prices. */
function withChargeable(
  offer: Offer | InvalidInput,
  prices: Prices,
  charging: Charging,
): Offer | InvalidInput {
  const [problem, ...others] = [
    ...(isRefusal(offer) ? offer.problems : []),
    ...problemsOfCharging(prices, charging),
  ]
  return problem ? refuseInput([problem, ...others]) : offer
}

/** Whether two offers say the same, in whatever order. */
export const isSame = (one: Offer, other: Offer) => asText(one) === asText(other)

const asText = (offer: Offer) =>
  JSON.stringify(Object.entries(offer).sort(([one], [other]) => (one < other ? -1 : 1)))
