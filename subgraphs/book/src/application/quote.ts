import { type Price, priceOf } from '../domain/price.ts'
import { isRefusal, type Offer, type RefusalOf, refuseStay, type Stay } from '../domain/stay.ts'
import { offeredBy } from './offered.ts'
import type { Ports } from './ports.ts'

/** What a stay would cost now, or why it cannot be booked. */
export async function quote(
  ports: Ports,
  asked: { roomId: string; stay: Stay; guests: number },
): Promise<{ price: Price; offer: Offer } | RefusalOf<'INVALID_INPUT' | 'NOT_FOUND' | 'ROOM_NOT_AVAILABLE'>> {
  const offered = offeredBy(ports.calendar, await ports.listings.find(asked.roomId))
  if (isRefusal(offered)) return offered
  const { offer, today } = offered
  const refused = refuseStay(offer, asked.stay, asked.guests, today)
  if (refused) return refused
  const price = priceOf(offer, asked.stay, ports.charging)
  if (isRefusal(price)) return price
  const free = await ports.blocks.isFree(asked.roomId, asked.stay)
  return free
    ? { price, offer }
    : { code: 'ROOM_NOT_AVAILABLE', message: 'At least one of these nights is taken. Choose other dates.' }
}

/** The nights of a range, from today on, that nobody has claimed. None where the room is not offered. */
export async function freeDates(ports: Ports, roomId: string, range: Stay): Promise<readonly Stay[]> {
  const offered = offeredBy(ports.calendar, await ports.listings.find(roomId))
  if (isRefusal(offered)) return []
  const { today } = offered
  const open = range.startDate < today ? { ...range, startDate: today } : range
  return open.startDate < open.endDate ? ports.blocks.freeDates(roomId, open) : []
}
