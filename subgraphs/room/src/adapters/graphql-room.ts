import type { Offer } from '../domain/offer.ts'
import type { Room } from '../domain/room.ts'
import type { RoomResolvers } from './graphql.generated.ts'

/** A detail of the offer, told as it is. */
const detail =
  <Name extends keyof Offer>(name: Name) =>
  ({ offer }: Room): Offer[Name] =>
    offer[name]

/** The fields of a room, which everybody may see. */
export const roomFields: RoomResolvers = {
  host: ({ hostId }) => ({ id: hostId }),
  name: detail('name'),
  description: detail('description'),
  pricePerNight: detail('pricePerNight'),
  cleaningFee: detail('cleaningFee'),
  taxPercent: ({ offer }) => offer.taxPartsPerMillion / 10_000,
  capacity: detail('capacity'),
  location: ({ offer }) => offer,
  amenities: ({ offer }) => [...offer.amenities],
  photos: ({ offer }) => [...offer.photos],
  cancellationPolicy: detail('cancellationPolicy'),
  minNights: detail('minNights'),
  maxNights: detail('maxNights'),
  bookingWindowDays: detail('bookingWindowDays'),
  checkInTime: detail('checkInTime'),
  checkOutTime: detail('checkOutTime'),
  registeredAt: ({ registeredAt }) => new Date(registeredAt).toISOString(),
  deleted: ({ status }) => status === 'DELETED',
}
