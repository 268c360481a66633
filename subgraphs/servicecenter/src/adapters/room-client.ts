import { z } from 'zod'
import type { Rooms } from '../application/ports.ts'
import { isRefusal } from '../domain/refusal.ts'
import { heard } from './refusals.ts'
import { DeleteRoomDocument } from './room-operations.generated.ts'
import type { Service } from './service-call.ts'

const message = z.string()
const answered = z.object({
  deleteRoomForServiceCenter: z.discriminatedUnion('__typename', [
    z.object({ __typename: z.literal('RoomDeleted'), roomId: z.string() }),
    z.object({ __typename: z.literal('NotFound'), message }),
    z.object({ __typename: z.literal('Forbidden'), message }),
    z.object({ __typename: z.literal('UpcomingBookings'), message, count: z.int() }),
    z.object({ __typename: z.literal('ServiceUnavailable'), message, retryAfterSeconds: z.int() }),
  ]),
})

/** Rooms, as room keeps them. */
export function roomClient(room: Service): Rooms {
  return {
    async delete({ roomId, agentId, reason }) {
      const result = await room.ask(DeleteRoomDocument, { roomId, agentId, reason }, answered)
      if (isRefusal(result)) return result
      const answer = result.deleteRoomForServiceCenter
      return answer.__typename === 'RoomDeleted' ? { roomId: answer.roomId } : heard(answer)
    },
  }
}
