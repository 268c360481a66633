import type { Sql } from '@myhotel/kit/sql'
import type { CatalogueChange, Listings } from '../application/ports.ts'
import type { RoomSource } from './room-client.ts'
import { type ListingRow, toListing, toStored } from './rows.ts'

/** The catalogue in PostgreSQL; a room that it does not have is asked of the room subgraph and kept. */
export function prismaListings(db: Sql, source: RoomSource): Listings {
  return {
    async find(roomId) {
      const sql = 'SELECT room_id, version, deleted, offer FROM room_listing WHERE room_id = $1::uuid'
      const [row] = await db.$queryRawUnsafe<ListingRow[]>(sql, roomId)
      if (row) return toListing(row)
      const offered = await source.offered(roomId)
      if (offered) await putListing(db, offered)
      return offered
    },
  }
}

/** Puts a room into the catalogue unless a newer version of it is there. */
export async function putListing(
  db: Sql,
  { roomId, version, deleted, offer }: Parameters<CatalogueChange['put']>[0],
): Promise<void> {
  await db.$executeRawUnsafe(
    `INSERT INTO room_listing (room_id, version, host_id, deleted, offer) VALUES ($1::uuid, $2, $3, $4, $5::jsonb)
     ON CONFLICT (room_id) DO UPDATE SET version = excluded.version, offer = excluded.offer,
       deleted = room_listing.deleted OR excluded.deleted
     WHERE room_listing.version < excluded.version`,
    ...[roomId, version, offer.hostId, deleted, JSON.stringify(toStored(offer))],
  )
}
