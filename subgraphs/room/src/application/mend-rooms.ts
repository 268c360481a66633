import type { DetailsChange } from '../domain/details.ts'
import { mend } from '../domain/mend.ts'
import type { Offer } from '../domain/offer.ts'
import type { Places } from '../domain/place.ts'
import { type InvalidInput, isRefusal } from '../domain/refusal.ts'
import { evolve, type OfferedRoom } from '../domain/room.ts'
import type { Rooms, StoredRooms } from './ports.ts'

/** A room that is not as it would be made today: mended, or what has to be said by hand. */
export type Found = { readonly room: OfferedRoom; readonly outcome: Offer | InvalidInput }

type Given = Pick<DetailsChange, 'country' | 'timeZone'>

const atATime = 500

/**
 * Finds the rooms on offer with a country or a time zone that would not be accepted today, mends those where it is plain
 * what is meant, and announces each as changed, so that whoever has a copy has it mended, too. `given` is what a person
 * says of one room. A dry run changes nothing.
 */
export async function* mendRooms(
  { rooms, stored, places }: { rooms: Rooms; stored: StoredRooms; places: Places },
  { roomId, given = {}, dryRun = false }: { roomId?: string; given?: Given; dryRun?: boolean },
): AsyncGenerator<Found> {
  if (roomId !== undefined) {
    const room = await rooms.find(roomId)
    if (room?.status === 'OFFERED') yield* mendOne(room, given)
    return
  }
  let page = await stored.offeredAfter(null, atATime)
  for (let last = page.at(-1); last; last = page.at(-1)) {
    for (const room of page) yield* mendOne(room, given)
    page = await stored.offeredAfter(last.id, atATime)
  }

  async function* mendOne(room: OfferedRoom, said: Given): AsyncGenerator<Found> {
    const outcome = mend(room.offer, said, places)
    if (outcome === 'sound') return
    if (dryRun || isRefusal(outcome)) return yield { room, outcome }
    const event = { type: 'RoomChanged', offer: outcome } as const
    if (await rooms.save(evolve(room, event), event)) return yield { room, outcome }
    // Somebody changed it in between.
    const now = await rooms.find(room.id)
    if (now?.status === 'OFFERED') yield* mendOne(now, said)
  }
}
