import type { OfferedRoom } from '../domain/room.ts'
import { foldingVersion } from '../domain/text.ts'
import type { Transaction } from './database.ts'
import { renewFreeSpans } from './free-spans.ts'
import { Prisma } from './prisma-client/client.ts'
import { searchedTexts } from './text-index.ts'

/** Puts a room among those that are searched, or brings its listing up to date. */
export async function list(tx: Transaction, { id, hostId, offer }: OfferedRoom): Promise<void> {
  const { timeZone, latitude, longitude, pricePerNight } = offer
  const position = latitude === null ? Prisma.sql`NULL` : Prisma.sql`ll_to_earth(${latitude}, ${longitude})`
  const { cityKey, countryKey, amenities, terms, words } = searchedTexts(offer)
  await tx.$executeRaw`
    INSERT INTO room_listing (room_id, host_id, city_key, country_key, time_zone, currency, price, capacity, min_nights,
      max_nights, booking_window_days, amenities, position, terms, folding, words)
    VALUES (${id}::uuid, ${hostId}, ${cityKey}, ${countryKey}, ${timeZone}, ${pricePerNight.currency},
      ${pricePerNight.amount}, ${offer.capacity}, ${offer.minNights}, ${offer.maxNights}, ${offer.bookingWindowDays},
      ${amenities}, ${position}, ${terms}::tsvector, ${foldingVersion}, to_tsvector('simple', ${words}))
    ON CONFLICT (room_id) DO UPDATE SET
      city_key = excluded.city_key, country_key = excluded.country_key, time_zone = excluded.time_zone,
      currency = excluded.currency, price = excluded.price, capacity = excluded.capacity, min_nights = excluded.min_nights,
      max_nights = excluded.max_nights, booking_window_days = excluded.booking_window_days,
      amenities = excluded.amenities, position = excluded.position, terms = excluded.terms,
      folding = excluded.folding, words = excluded.words`
  await renewFreeSpans(tx, [id])
}

/** Takes a room out of all searches and lists. */
export async function unlist(tx: Transaction, roomId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM room_listing WHERE room_id = ${roomId}::uuid`
  await renewFreeSpans(tx, [roomId])
}
