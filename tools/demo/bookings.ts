import { random } from './random.ts'

/** A stay to be booked. */
export type DemoBooking = {
  guest: string
  /** Which of the rooms, by its place in the list. */
  room: number
  /** Days from today. */
  startsIn: number
  nights: number
  guests: number
  /** Whether the guest cancels it afterwards. */
  canceled: boolean
}

const guests = 20
const bookingsEach = 4

/**
 * The same bookings each time: the first of guest1 are of host1's rooms, every fourth of each guest is cancelled.
 * Each takes nights of its own, so that no two want the same room at the same time.
 */
export function demoBookings(rooms: number): DemoBooking[] {
  const dice = random(20_270_301)
  return Array.from({ length: guests * bookingsEach }, (_, index) => {
    const guest = 1 + Math.floor(index / bookingsEach)
    const number = index % bookingsEach
    return {
      guest: `guest${guest}`,
      room: number < 2 && guest <= 4 ? (guest - 1) * 4 + number : Math.floor(dice.next() * rooms),
      // A fortnight for each guest, and the bookings of one guest months apart.
      startsIn: 10 + 14 * guest + 90 * number,
      nights: 2 + Math.floor(dice.next() * 5),
      guests: 1 + Math.floor(dice.next() * 2),
      canceled: number === bookingsEach - 1,
    }
  })
}
