import { offeredRoom } from '@myhotel/contracts/room'
import { createServiceClient } from '@myhotel/kit/graphql-client'
import type { Signer } from '@myhotel/kit/identity'
import type { Logger } from '@myhotel/kit/logger'
import { z } from 'zod'
import { toListing } from '../application/policies.ts'
import type { Listing } from '../domain/stay.ts'
import { OfferedRoomDocument } from './room-operations.generated.ts'

const answer = z.object({
  offeredRoom: offeredRoom.extend({ version: z.int().min(1), deleted: z.boolean() }).nullable(),
})

/** The room subgraph as the source of rooms that no event has told of yet. */
export type RoomSource = { offered(roomId: string): Promise<Listing | null>; close(): Promise<void> }

/** Asks the room subgraph over its GraphQL API; a passing failure is thrown. */
export function roomClient(options: { url: string; sign: Signer; log: Logger }): RoomSource {
  const client = createServiceClient({ ...options, audience: 'room', timeoutMs: 2_000, connections: 16 })
  return {
    async offered(roomId) {
      const { offeredRoom: room } = await client.send(OfferedRoomDocument, { roomId }, answer)
      return room && toListing(offeredRoom.parse(room), room.version, room.deleted)
    },
    close: () => client.close(),
  }
}
