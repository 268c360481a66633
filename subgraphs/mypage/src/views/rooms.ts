import type { BookCounted } from '@myhotel/contracts/marketing'
import type { OfferedRoom, RoomDeleted } from '@myhotel/contracts/room'
import { type Money, toMoney, toText } from './money.ts'
import { type Fields, put, set, timeOf, type Write } from './write.ts'

/** A room as My Page shows it to its host. */
export type MyRoom = {
  roomId: string
  name: string
  city: string
  pricePerNight: Money
  popularity: number
  upcomingBookings: number
  deleted: boolean
}

export const roomRecord = (roomId: string) => `room:${roomId}`
export const roomsOfHost = (hostId: string) => `host:${hostId}:rooms`

/** A room was registered or changed: both events carry all of it. */
export function roomOffered({
  roomId,
  hostId,
  name,
  city,
  pricePerNight,
  registeredAt,
}: OfferedRoom): Write[] {
  return [
    set(roomRecord(roomId), { name, city, pricePerNight: toText(pricePerNight) }),
    put(roomsOfHost(hostId), roomId, timeOf(registeredAt)),
  ]
}

export function roomDeleted({ roomId, deletedAt }: RoomDeleted): Write[] {
  return [set(roomRecord(roomId), { deletedAt })]
}

export function bookCounted({ roomId, popularity }: BookCounted): Write[] {
  return [set(roomRecord(roomId), { popularity: String(popularity) })]
}

/** The room that a record holds, of which so many stays are not over. */
export function toMyRoom(roomId: string, record: Fields, upcomingBookings: number): MyRoom {
  const { name = '', city = '', pricePerNight = '' } = record
  return {
    roomId,
    name,
    city,
    pricePerNight: toMoney(pricePerNight),
    popularity: Number(record.popularity ?? 0),
    upcomingBookings,
    deleted: record.deletedAt !== undefined,
  }
}
