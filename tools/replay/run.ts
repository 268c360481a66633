import { mapAtATime } from '../api/client.ts'
import type { PastBooking } from './history.ts'
import type { Hotel, Room } from './hotel.ts'
import type { Plan, PlannedRoom } from './plan.ts'

/** What became of a row of the file. */
export type Outcome = {
  booking: PastBooking
  room: Room
  guest: string
  bookingId: string | null
  /** Why it was not booked, or not cancelled. */
  refusal: string | null
}

/** The accounts of one replay: nobody else uses them, so that their pages show this replay and nothing else. */
export type Accounts = { hostOf(roomType: string): string; guestOf(booking: PastBooking): string }

/** Registers the rooms of a plan, in the plan's order. */
export function registerRooms(
  plan: Plan,
  hotel: Hotel,
  accounts: Accounts,
  options: { concurrency: number; onRoom: () => void },
): Promise<Room[]> {
  return mapAtATime(plan.rooms, options.concurrency, async (planned) => {
    const room = await hotel.register(planned, accounts.hostOf(planned.roomType))
    options.onRoom()
    return room
  })
}

/**
 * Makes all bookings and cancellations. Those of one room follow each other; of the rooms that are free to go on, the
 * one whose next step is the earliest comes first, so that the order is that of the history as far as `concurrency`
 * steps at a time allow.
 */
export async function runPlan(
  plan: Plan,
  rooms: readonly Room[],
  hotel: Hotel,
  accounts: Accounts,
  options: { concurrency: number; onStep: () => void },
): Promise<Outcome[]> {
  const outcomes = new Map<PastBooking, Outcome>()
  const waiting = plan.rooms.map((planned, index) => ({ planned, room: rooms[index], done: 0 }))
  type Lane = (typeof waiting)[number]
  const nextStep = (lane: Lane) => lane.planned.steps[lane.done]

  function takeEarliest(): Lane | undefined {
    let earliest = -1
    let at = Number.POSITIVE_INFINITY
    for (const [index, lane] of waiting.entries()) {
      const step = nextStep(lane)
      if (step && step.at < at) [earliest, at] = [index, step.at]
    }
    return earliest < 0 ? undefined : waiting.splice(earliest, 1)[0]
  }

  async function take({ room }: Lane, { kind, booking }: PlannedRoom['steps'][number]): Promise<void> {
    if (!room) throw new Error('a room was not registered')
    const guest = accounts.guestOf(booking)
    if (kind === 'book') {
      const booked = await hotel.book(room, booking, guest)
      outcomes.set(booking, { bookingId: null, refusal: null, ...booked, booking, room, guest })
      return
    }
    const outcome = outcomes.get(booking)
    if (!outcome?.bookingId) return
    const refusal = await hotel.cancel(outcome.bookingId, guest)
    if (refusal) outcome.refusal = `cancellation: ${refusal}`
  }

  /** Ends when no room is free to go on: those that are not have a worker of their own, which takes them further. */
  async function worker(): Promise<void> {
    for (let lane = takeEarliest(); lane; lane = takeEarliest()) {
      const step = nextStep(lane)
      if (!step) continue
      await take(lane, step)
      lane.done += 1
      options.onStep()
      if (nextStep(lane)) waiting.push(lane)
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, worker))
  return [...outcomes.values()]
}

/** How many guests of each room stayed: those who booked and did not cancel. */
export function staysByRoom(outcomes: readonly Outcome[]): Map<string, number> {
  const stays = new Map<string, number>()
  for (const { room, booking, bookingId } of outcomes) {
    const stay = bookingId !== null && booking.canceledOn === null ? 1 : 0
    stays.set(room.id, (stays.get(room.id) ?? 0) + stay)
  }
  return stays
}
