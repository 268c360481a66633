import { invalid, type Listing, nightsOf, type RefusalOf, type Stay } from '../domain/stay.ts'
import type { Ports } from './ports.ts'

type BlockDates = { roomId: string; hostId: string; range: Stay }

/** Why nights were not blocked or offered again. */
type BlockRefusal = RefusalOf<'INVALID_INPUT' | 'NOT_FOUND' | 'FORBIDDEN' | 'ROOM_NOT_AVAILABLE'>

const longestRange = 3_660

/** Takes nights of a host's room off the market; answers with all that is blocked from today on. */
export async function blockDates(ports: Ports, command: BlockDates): Promise<readonly Stay[] | BlockRefusal> {
  const found = await ownRoom(ports, command)
  if ('code' in found) return found
  const blocked = await ports.blocks.block(found.listing, command.range)
  if (!blocked) return { code: 'ROOM_NOT_AVAILABLE', message: 'a night of this range is booked' }
  return ports.blocks.list(command.roomId, found.today)
}

/** Offers nights again; those that were not blocked are left as they are. */
export async function unblockDates(
  ports: Ports,
  command: BlockDates,
): Promise<readonly Stay[] | BlockRefusal> {
  const found = await ownRoom(ports, command)
  if ('code' in found) return found
  await ports.blocks.unblock(found.listing, command.range)
  return ports.blocks.list(command.roomId, found.today)
}

async function ownRoom(
  ports: Ports,
  command: BlockDates,
): Promise<{ listing: Listing; today: string } | BlockRefusal> {
  const { range, hostId, roomId } = command
  const listing = await ports.listings.find(roomId)
  if (!listing || listing.deleted) return { code: 'NOT_FOUND', message: 'no such room' }
  if (listing.offer.hostId !== hostId) return { code: 'FORBIDDEN', message: 'this room is not yours' }
  const today = ports.calendar.today(listing.offer.timeZone)
  if (range.endDate <= range.startDate) return invalid('endDate', 'the range ends after it starts')
  if (range.startDate < today)
    return invalid('startDate', `this day has passed: in the room's time zone it is ${today}`)
  if (nightsOf(range) > longestRange) return invalid('endDate', `at most ${longestRange} nights at once`)
  return { listing, today }
}
