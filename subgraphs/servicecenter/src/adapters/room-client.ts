import type { Rooms } from '../application/ports.ts'
import { isRefusal } from '../domain/refusal.ts'
import { heard } from './refusals.ts'
import { DeleteRoomDocument } from './room-operations.generated.ts'
import type { Service } from './service-call.ts'

/** Rooms, as room keeps them. */
export function roomClient(room: Service): Rooms {
  return {
    async delete({ roomId, agentId, reason }) {
      const result = await room.ask(DeleteRoomDocument, { roomId, agentId, reason })
      if (isRefusal(result)) return result
      const answer = result.deleteRoomForServiceCenter
      return answer.__typename === 'RoomDeleted' ? { roomId: answer.roomId } : heard(answer)
    },
  }
}
