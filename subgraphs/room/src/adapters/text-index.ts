import type { Logger } from '@myhotel/kit/logger'
import { type Loop, loop } from '@myhotel/kit/loop'
import type { Offer } from '../domain/offer.ts'
import { amenityKey, folded, foldingVersion } from '../domain/text.ts'
import { countryCode, countryNames } from './countries.ts'
import type { Database, Transaction } from './database.ts'
import { Prisma } from './prisma-client/client.ts'
import { fromRow } from './room-row.ts'
import { toTextVector } from './text-terms.ts'

/** A country by its names; rooms of earlier versions have what their hosts wrote. */
function countryTexts(country: string): string[] {
  const code = countryCode(country)
  return code ? countryNames(code) : [country]
}

/** What searches compare of an offer's texts, as they stand in its listing. */
export function searchedTexts(offer: Offer) {
  const { name, city, country, amenities, description } = offer
  const texts = [name, city, ...countryTexts(country), ...amenities, description]
  return {
    cityKey: folded(city),
    countryKey: countryCode(country) ?? folded(country),
    amenities: [...new Set(amenities.map(amenityKey))],
    terms: toTextVector(texts),
    /** What the version before searches: its words are told apart by PostgreSQL. */
    words: texts.map(folded).join(' '),
  }
}

const batch = 500
const pollMs = 5_000

// As a literal, so that the index of rooms that are still to be indexed is known to have them all.
const isToIndex = Prisma.raw(`folding < ${foldingVersion}`)

/**
 * Indexes the texts of rooms that were listed by an earlier version, and goes on to look for such rooms, because services
 * of that version may still run. It is ready when it has found none for the first time, so that this service answers no
 * search before it can find all rooms; services of the version before answer meanwhile.
 */
export function textIndex(database: Database, log: Logger): Loop {
  let indexed = 0
  let isComplete = false

  const indexing = loop({
    name: 'text index',
    everyMs: pollMs,
    log,
    async work() {
      const count = await database.$transaction((tx) => indexSome(tx))
      indexed += count
      if (count > 0) return true
      if (indexed > 0) {
        // What it knows of the words in them is from before they were there.
        await database.$executeRaw`ANALYZE room_listing (terms)`
        log.info({ rooms: indexed }, 'texts indexed')
      }
      indexed = 0
      isComplete = true
      return false
    },
  })
  return {
    ...indexing,
    async ready() {
      if (!isComplete) throw new Error(`the texts of rooms are being indexed, ${indexed} are`)
    },
  }
}

/** Indexes up to `batch` rooms; answers how many. One service at a time: they would only wait for each other's rows. */
async function indexSome(tx: Transaction): Promise<number> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('room text index'))`
  // First locked, then read: a room that is being changed is read as it is then.
  const listed = await tx.$queryRaw<{ id: string }[]>`
    SELECT room_id AS id FROM room_listing WHERE ${isToIndex} ORDER BY room_id LIMIT ${batch} FOR UPDATE`
  if (listed.length === 0) return 0
  const rows = await tx.room.findMany({ where: { id: { in: listed.map(({ id }) => id) } } })
  const texts = rows.map((row) => ({ id: row.id, ...searchedTexts(fromRow(row).offer) }))
  return await tx.$executeRaw`
    UPDATE room_listing
    SET terms = made.terms::tsvector, city_key = made."cityKey", country_key = made."countryKey",
      amenities = made.amenities, folding = ${foldingVersion}
    FROM jsonb_to_recordset(${JSON.stringify(texts)}::jsonb)
      AS made (id uuid, terms text, "cityKey" text, "countryKey" text, amenities text[])
    WHERE room_id = made.id`
}
