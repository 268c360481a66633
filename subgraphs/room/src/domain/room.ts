import { type Charging, refuseUnchargeable } from './charging.ts'
import { changeOffer, type Details, type DetailsChange, makeOffer } from './details.ts'
import type { Offer } from './offer.ts'
import {
  type Forbidden,
  type InvalidInput,
  isRefusal,
  type NotFound,
  noSuchRoom,
  notYourRoom,
  type Refusal,
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
export type ChangeRoom = Readonly<{
  type: 'ChangeRoom'
  hostId: string
  change: DetailsChange
  charging: Charging
}>

/** Somebody wants a room gone. `upcomingBookings` stand in the way; 0 where they shall be cancelled. */
export type DeleteRoom = Readonly<{ type: 'DeleteRoom'; deletion: Deletion; upcomingBookings: number }>

export type RoomEvent =
  | Readonly<{ type: 'RoomRegistered'; roomId: string; hostId: string; registeredAt: number; offer: Offer }>
  | Readonly<{ type: 'RoomChanged'; offer: Offer }>
  | Readonly<{ type: 'RoomDeleted'; deletion: Deletion }>

/** What comes of a command: an event, nothing where things are so already, or a refusal. */
export type Decision<No extends Refusal> = RoomEvent | 'already' | No

/** Decides on a new room. */
export function register({ roomId, hostId, details, now, charging }: RegisterRoom): RoomEvent | InvalidInput {
  const offer = makeOffer(details)
  if (isRefusal(offer)) return offer
  const refused = refuseUnchargeable(offer, charging)
  return refused ?? { type: 'RoomRegistered', roomId, hostId, registeredAt: now, offer }
}

/** Decides on what shall be done to a room. */
export function decide(command: ChangeRoom, room: Room): Decision<InvalidInput | NotFound | Forbidden>
export function decide(command: DeleteRoom, room: Room): Decision<Forbidden | UpcomingBookings>
export function decide(command: ChangeRoom | DeleteRoom, room: Room): Decision<Refusal> {
  return command.type === 'ChangeRoom' ? change(command, room) : remove(command, room)
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

function change(command: ChangeRoom, room: Room): Decision<InvalidInput | NotFound | Forbidden> {
  if (room.hostId !== command.hostId) return notYourRoom
  if (room.status === 'DELETED') return noSuchRoom
  const offer = changeOffer(room.offer, command.change)
  if (isRefusal(offer)) return offer
  // A room whose price stays may have one from before, which quotes refuse: its host can still change all else.
  const { pricePerNight, cleaningFee } = command.change
  const refused = (pricePerNight || cleaningFee) && refuseUnchargeable(offer, command.charging)
  if (refused) return refused
  return isSame(offer, room.offer) ? 'already' : { type: 'RoomChanged', offer }
}

function remove(command: DeleteRoom, room: Room): Decision<Forbidden | UpcomingBookings> {
  const { deletion } = command
  if (deletion.by === 'HOST' && deletion.byId !== room.hostId) return notYourRoom
  if (room.status === 'DELETED') return 'already'
  if (command.upcomingBookings > 0) return upcomingBookings(command.upcomingBookings)
  return { type: 'RoomDeleted', deletion }
}

/** Whether two offers say the same; offers are made by one function, so their details come in one order. */
const isSame = (one: Offer, other: Offer) => JSON.stringify(one) === JSON.stringify(other)
