import {
  endsTooEarly,
  type Listing,
  nightsOf,
  type Problem,
  type RefusalOf,
  refuseFor,
  type Stay,
  startsInThePast,
} from '../domain/stay.ts'
import { offeredBy } from './offered.ts'
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
  if (!blocked)
    return {
      code: 'ROOM_NOT_AVAILABLE',
      message: 'At least one of these nights is booked. Choose other dates.',
    }
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

const tooLong = (range: Stay): Problem | undefined =>
  nightsOf(range) > longestRange
    ? { field: 'endDate', message: `Choose at most ${longestRange} nights at once.`, code: 'MAX_NIGHTS' }
    : undefined

async function ownRoom(
  ports: Ports,
  command: BlockDates,
): Promise<{ listing: Listing; today: string } | BlockRefusal> {
  const { range, hostId, roomId } = command
  const offered = offeredBy(ports.calendar, await ports.listings.find(roomId))
  if ('code' in offered) return offered
  const { listing, today } = offered
  if (listing.offer.hostId !== hostId)
    return { code: 'FORBIDDEN', message: 'Only the host of this room may do that.' }
  const problems = [endsTooEarly(range), startsInThePast(range.startDate, today), tooLong(range)]
  return refuseFor(problems.filter((problem) => problem !== undefined)) ?? { listing, today }
}
