import { randomUUID } from 'node:crypto'
import type { Requests } from '../measure/load-types.ts'

export const bookRoom = `
  mutation Book($input: BookRoomInput!) {
    bookRoom(input: $input) { __typename ... on RoomBooked { booking { id } } }
  }`

export const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** What bookRoom is asked for; each time another intent. */
export function bookingOf(roomId: string, fromDay: number, nights = 1): object {
  const stay = { startDate: inDays(fromDay), endDate: inDays(fromDay + nights) }
  return {
    input: { roomId, ...stay, guests: 2, paymentMethod: 'pm_card_visa', idempotencyKey: randomUUID() },
  }
}

/** Every room and night once, room after room, so that each can be booked and neighbours are of different rooms. */
export function bookingsOfManyRooms(
  rooms: readonly string[],
  days: number,
  tokens: readonly string[],
): Requests {
  const requests = Array.from({ length: rooms.length * days }, (_, number) => ({
    token: number % tokens.length,
    variables: bookingOf(rooms[number % rooms.length] ?? '', 2 + Math.floor(number / rooms.length)),
  }))
  return { documents: [bookRoom], tokens, requests }
}

/** Stays of up to four nights in a few rooms and two months, so that nearly all meet another one. */
export function bookingsOfHotRooms(
  rooms: readonly string[],
  count: number,
  tokens: readonly string[],
): Requests {
  const requests = Array.from({ length: count }, (_, number) => ({
    token: number % tokens.length,
    variables: bookingOf(
      rooms[number % rooms.length] ?? '',
      2 + Math.floor(Math.random() * 60),
      1 + Math.floor(Math.random() * 4),
    ),
  }))
  return { documents: [bookRoom], tokens, requests }
}
