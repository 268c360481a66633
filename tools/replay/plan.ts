import type { Day } from './calendar.ts'
import type { PastBooking } from './history.ts'

/** A room to be registered. All that happens to it happens in order. */
export type PlannedRoom = {
  roomType: string
  /** Its place among the rooms of its type, from 1. */
  number: number
  steps: Step[]
}

/** A booking or a cancellation. */
export type Step = {
  kind: 'book' | 'cancel'
  booking: PastBooking
  /** Its place in the whole history. */
  at: number
}

export type Plan = {
  rooms: PlannedRoom[]
  /** Whole weeks by which arrivals are moved, in days, so that each weekday stays what it is. */
  shift: number
  lastArrival: Day
  longestStay: number
}

/** Days between today and the first arrival, at least: even a long replay ends before the first free refund does. */
const notice = 8
/** A room that has so many bookings gets more only when no other room can take them: its steps are one queue. */
const busy = 100

/**
 * Lays out a history: which rooms there must be, which booking goes to which room, and when each is made and cancelled.
 * There are about as many rooms of a type as were ever taken for one night at one time.
 */
export function planReplay(bookings: readonly PastBooking[], today: Day): Plan {
  const steps = inOrderOfTime(bookings)
  const lives = new Map<PastBooking, Life>()
  for (const { kind, booking, at } of steps) {
    if (kind === 'book') lives.set(booking, { from: at, to: Number.POSITIVE_INFINITY })
    else Object.assign(lives.get(booking) ?? {}, { to: at })
  }
  const rooms = [...groupByType(bookings)].flatMap(([roomType, ofType]) => layOut(roomType, ofType, lives))
  const roomOf = new Map(rooms.flatMap(({ room, taken }) => taken.map((booking) => [booking, room])))
  for (const step of steps) roomOf.get(step.booking)?.steps.push(step)

  const arrivals = bookings.map(({ arrival }) => arrival)
  const first = arrivals.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const shift = bookings.length === 0 ? 0 : Math.ceil((today + notice - first) / 7) * 7
  return {
    rooms: rooms.map(({ room }) => room),
    shift,
    lastArrival: shift + arrivals.reduce((a, b) => Math.max(a, b), 0),
    longestStay: bookings.reduce((longest, { nights }) => Math.max(longest, nights), 1),
  }
}

/** From its place in the history to that of its cancellation a booking holds its nights. */
type Life = { from: number; to: number }

/**
 * By date. On one day, what was booked earlier is cancelled first, so that its nights are free for those who book that
 * day; what is booked and cancelled on one day comes last.
 */
function inOrderOfTime(bookings: readonly PastBooking[]): Step[] {
  const entries = bookings.flatMap((booking) => {
    const { bookedOn, canceledOn } = booking
    const made = { kind: 'book' as const, booking, day: bookedOn, rank: 1 }
    if (canceledOn === null) return [made]
    return [made, { kind: 'cancel' as const, booking, day: canceledOn, rank: canceledOn > bookedOn ? 0 : 2 }]
  })
  entries.sort((a, b) => a.day - b.day || a.rank - b.rank || a.booking.line - b.booking.line)
  return entries.map(({ kind, booking }, at) => ({ kind, booking, at }))
}

function groupByType(bookings: readonly PastBooking[]): Map<string, PastBooking[]> {
  const byType = new Map<string, PastBooking[]>()
  for (const booking of bookings) {
    const ofType = byType.get(booking.roomType) ?? []
    byType.set(booking.roomType, ofType)
    ofType.push(booking)
  }
  return byType
}

type Layout = { room: PlannedRoom; taken: PastBooking[]; latest: PastBooking[] }

/** Interval partitioning: in order of arrival, each booking takes the first room that has its nights free. */
function layOut(roomType: string, bookings: readonly PastBooking[], lives: Map<PastBooking, Life>): Layout[] {
  const rooms: Layout[] = []
  const byArrival = [...bookings].sort((a, b) => a.arrival - b.arrival || a.line - b.line)
  for (const booking of byArrival) {
    const free = rooms.filter((room) => isFree(room, booking, lives))
    let layout = free.find(({ taken }) => taken.length < busy) ?? free[0]
    if (!layout) {
      layout = { room: { roomType, number: rooms.length + 1, steps: [] }, taken: [], latest: [] }
      rooms.push(layout)
    }
    layout.taken.push(booking)
    layout.latest.push(booking)
  }
  return rooms
}

/** Whether nobody who holds one of the booking's nights holds it at the time of the booking. */
function isFree(room: Layout, booking: PastBooking, lives: Map<PastBooking, Life>): boolean {
  // Bookings come in order of arrival: who has left before this one arrives is in nobody's way any more.
  room.latest = room.latest.filter(({ arrival, nights }) => arrival + nights > booking.arrival)
  const life = lives.get(booking)
  return room.latest.every((other) => {
    const otherLife = lives.get(other)
    return !life || !otherLife || life.to <= otherLife.from || otherLife.to <= life.from
  })
}
