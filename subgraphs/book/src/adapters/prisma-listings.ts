import { offeredRoom } from '@myhotel/contracts/room'
import { createServiceClient } from '@myhotel/kit/graphql-client'
import type { Signer } from '@myhotel/kit/identity'
import type { Sql } from '@myhotel/kit/sql'
import { toListing as toOffer } from '../application/policies.ts'
import type { Listings } from '../application/ports.ts'
import type { Listing } from '../domain/stay.ts'
import { putListing } from './prisma-bookings.ts'
import { OfferedRoomDocument } from './room-operations.generated.ts'
import { type ListingRow, toListing } from './rows.ts'

/** The room subgraph as the source of rooms that no event has told of yet. */
export type RoomSource = { offered(roomId: string): Promise<Listing | null>; close(): Promise<void> }

export function roomClient(options: { url: string; sign: Signer }): RoomSource {
  const client = createServiceClient({ ...options, audience: 'room', timeoutMs: 2_000, connections: 16 })
  return {
    async offered(roomId) {
      const { offeredRoom: room } = await client.send(OfferedRoomDocument, { roomId })
      return room ? toOffer(offeredRoom.parse(room), room.version, room.deleted) : null
    },
    close: () => client.close(),
  }
}

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
