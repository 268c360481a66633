import type { Details, DetailsChange } from '../domain/details.ts'
import { type InvalidInput, isRefusal, type NotFound, noSuchRoom, type Refusal } from '../domain/refusal.ts'
import {
  change,
  type Decision,
  type DeleteRoom,
  type Deletion,
  evolve,
  type Room,
  register,
  remove,
} from '../domain/room.ts'
import type { Calendar, Ports, Rooms } from './ports.ts'

/** A host offers a new room. */
export async function registerRoom(
  { rooms, places, calendar, charging, newId }: Ports,
  { hostId, details }: { hostId: string; details: Details },
): Promise<Room | InvalidInput> {
  const event = register({ roomId: newId(), hostId, details, now: calendar.now(), charging }, places)
  if (isRefusal(event)) return event
  const room = evolve(null, event)
  if (await rooms.save(room, event)) return room
  throw new Error(`there is a room ${room.id} already, but ids are never used twice`)
}

/** A host changes a room. */
export function changeRoom(
  { rooms, places, charging }: Ports,
  { roomId, hostId, change: said }: { roomId: string; hostId: string; change: DetailsChange },
) {
  return execute(rooms, roomId, (room) => change({ hostId, change: said, charging }, room, places))
}

/** A host deletes a room; one with bookings to come only by saying that they shall be cancelled. */
export function deleteRoom(
  { rooms, bookings, calendar }: Ports,
  { roomId, hostId, ...said }: { roomId: string; hostId: string; cancelUpcomingBookings: boolean },
) {
  return execute(rooms, roomId, async (room) => {
    const deletion = { by: 'HOST', byId: hostId, reason: null, ...momentAt(room, calendar) } as const
    const command: DeleteRoom = { deletion, upcomingBookings: 0 }
    const decided = remove(command, room)
    // Book is asked only where its answer decides: for all else it need not be there.
    if (said.cancelUpcomingBookings || decided === 'already' || isRefusal(decided)) return decided
    const upcoming = await bookings.countUpcoming(room.id)
    return isRefusal(upcoming) ? upcoming : remove({ ...command, upcomingBookings: upcoming }, room)
  })
}

/** The service centre deletes a room at once, whatever is booked. */
export function deleteRoomForServiceCenter(
  { rooms, calendar }: Ports,
  { roomId, agentId, reason }: { roomId: string; agentId: string; reason: string },
) {
  return execute(rooms, roomId, (room) => {
    const deletion = { by: 'SERVICE_CENTER', byId: agentId, reason, ...momentAt(room, calendar) } as const
    return remove({ deletion, upcomingBookings: 0 }, room)
  })
}

const mostAttempts = 10

/** Others were faster every time. Nothing was done; asking again may well succeed. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

/** Loads a room, decides, saves; from the beginning again where somebody else was faster. */
async function execute<No extends Refusal>(
  rooms: Rooms,
  roomId: string,
  decideOn: (room: Room) => Decision<No> | Promise<Decision<No>>,
): Promise<Room | No | NotFound> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const room = await rooms.find(roomId)
    if (!room) return noSuchRoom
    const decided = await decideOn(room)
    if (decided === 'already') return room
    if (isRefusal(decided)) return decided
    const after = evolve(room, decided)
    if (await rooms.save(after, decided)) return after
  }
  throw new Overtaken(`room ${roomId} was changed by others ${mostAttempts} times in a row`)
}

/** When something happens to a room now, and on which of its dates. */
function momentAt(room: Room, calendar: Calendar): Pick<Deletion, 'at' | 'on'> {
  return { at: calendar.now(), on: calendar.today(room.offer.timeZone) }
}
