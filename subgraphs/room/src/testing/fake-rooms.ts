import type { Rooms } from '../application/ports.ts'
import type { Room, RoomEvent } from '../domain/room.ts'

/** Rooms in memory, for tests of the application; rooms-contract.ts keeps them true to the real ones. */
export function fakeRooms(): Rooms & { readonly announced: RoomEvent[] } {
  const rooms = new Map<string, Room>()
  const announced: RoomEvent[] = []
  return {
    announced,
    find: async (roomId) => rooms.get(roomId) ?? null,
    findAll: async (roomIds) =>
      new Map(roomIds.flatMap((id) => (rooms.has(id) ? [[id, rooms.get(id) as Room]] : []))),
    async save(room, event) {
      if ((rooms.get(room.id)?.version ?? 0) !== room.version - 1) return false
      rooms.set(room.id, room)
      announced.push(event)
      return true
    },
  }
}
