import { toMinorUnits } from '@myhotel/kit/minor-units'
import type { CancellationPolicy, Offer } from '../domain/offer.ts'
import type { Deletion, Room } from '../domain/room.ts'
import { Prisma, type Room as RoomRow } from './prisma-client/client.ts'

export type { RoomRow }

/** The columns of `room r` under the names of `RoomRow`, for statements that are written by hand. */
export const roomColumns = Prisma.raw(
  Object.keys(Prisma.RoomScalarFieldEnum)
    .map((field) => `r.${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} AS "${field}"`)
    .join(', '),
)

/** The row of a room. */
export function toRow({ id, version, hostId, registeredAt, offer, ...rest }: Room): RoomRow {
  const { pricePerNight, cleaningFee, taxPartsPerMillion, amenities, photos, ...details } = offer
  const deletion = 'deletion' in rest ? rest.deletion : null
  return {
    ...details,
    id,
    version,
    hostId,
    registeredAt: new Date(registeredAt),
    currency: pricePerNight.currency,
    pricePerNight: BigInt(pricePerNight.amount),
    cleaningFee: BigInt(cleaningFee.amount),
    taxPartsPerMillion,
    taxBasisPoints: toBasisPoints(taxPartsPerMillion),
    amenities: [...amenities],
    photos: [...photos],
    deletedAt: deletion && new Date(deletion.at),
    deletedOn: deletion && new Date(deletion.on),
    deletedBy: deletion?.by ?? null,
    deletedById: deletion?.byId ?? null,
    deletionReason: deletion?.reason ?? null,
  }
}

/** The room of a row. */
export function fromRow(row: RoomRow): Room {
  const { id, version, hostId } = row
  const room = { id, version, hostId, registeredAt: row.registeredAt.getTime(), offer: offerOf(row) }
  const deletion = deletionOf(row)
  return deletion ? { ...room, status: 'DELETED', deletion } : { ...room, status: 'OFFERED' }
}

function offerOf(row: RoomRow): Offer {
  const { currency, cancellationPolicy } = row
  return {
    name: row.name,
    description: row.description,
    pricePerNight: { amount: toMinorUnits(row.pricePerNight), currency },
    cleaningFee: { amount: toMinorUnits(row.cleaningFee), currency },
    taxPartsPerMillion: taxOf(row),
    capacity: row.capacity,
    address: row.address,
    city: row.city,
    country: row.country,
    latitude: row.latitude,
    longitude: row.longitude,
    timeZone: row.timeZone,
    amenities: row.amenities,
    photos: row.photos,
    // The database lets no other in.
    cancellationPolicy: cancellationPolicy as CancellationPolicy,
    minNights: row.minNights,
    maxNights: row.maxNights,
    bookingWindowDays: row.bookingWindowDays,
    checkInTime: row.checkInTime,
    checkOutTime: row.checkOutTime,
  }
}

/** The tax as a version knew it that had hundredths of a percent. */
export const toBasisPoints = (partsPerMillion: number) => Math.round(partsPerMillion / 100)

/** The finer tax, unless a version that does not know it has changed the other since. */
function taxOf({ taxBasisPoints, taxPartsPerMillion }: RoomRow): number {
  const isCurrent = taxPartsPerMillion !== null && toBasisPoints(taxPartsPerMillion) === taxBasisPoints
  return isCurrent ? taxPartsPerMillion : taxBasisPoints * 100
}

function deletionOf(row: RoomRow): Deletion | null {
  const { deletedAt, deletedOn, deletedBy, deletedById, deletionReason } = row
  if (!deletedAt || !deletedOn || !deletedBy || !deletedById) return null
  return {
    by: deletedBy as Deletion['by'],
    byId: deletedById,
    reason: deletionReason,
    at: deletedAt.getTime(),
    on: deletedOn.toISOString().slice(0, 10),
  }
}
