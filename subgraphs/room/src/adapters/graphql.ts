import { batched } from '@myhotel/kit/batch'
import { badInput } from '@myhotel/kit/connection'
import { moneyFields } from '@myhotel/kit/currency'
import { idOrNone } from '@myhotel/kit/ids'
import { type RequestContext, userOf } from '@myhotel/kit/serve'
import { asOffered } from '../application/announce.ts'
import { changeRoom, deleteRoom, deleteRoomForServiceCenter, registerRoom } from '../application/commands.ts'
import type { Listings, Ports } from '../application/ports.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { Room } from '../domain/room.ts'
import { isAtMost } from '../domain/text.ts'
import type { Resolvers } from './graphql.generated.ts'
import { roomFields } from './graphql-room.ts'
import { popularRooms, searchRooms } from './graphql-search.ts'
import { told } from './refusals.ts'

/** Resolvers hand over to the application and put its answers into the API's types; who may ask, policy.ts says. */
export function resolvers(ports: Ports, listings: Listings): Resolvers {
  const load = batched(ports.rooms.findAll)

  /** The answer to a change: what `made` makes of the room, which the client's next read can wait for, or the no. */
  function answer<No extends Refusal, Made>(
    context: RequestContext,
    result: Room | No,
    made: (room: Room) => Made,
  ) {
    if (isRefusal(result)) return told(result)
    context.wrote(`room.${result.id}`, result.version)
    return made(result)
  }
  const deleted = ({ id }: Room) => ({ __typename: 'RoomDeleted' as const, roomId: id })

  return {
    Query: {
      searchRooms: (_, args) => searchRooms(listings, args.filter ?? {}, args.sort ?? 'POPULARITY', args),
      popularRooms: (_, args) => popularRooms(listings, args.first ?? 10),
      async room(_, { id }) {
        const room = await load(idOrNone(id))
        return room?.status === 'OFFERED' ? room : null
      },
      async offeredRoom(_, { roomId }) {
        const room = await load(idOrNone(roomId))
        return room ? { ...asOffered(room), version: room.version, deleted: room.status === 'DELETED' } : null
      },
    },

    Mutation: {
      async registerRoom(_, { input }, context) {
        const result = await registerRoom(ports, { hostId: userOf(context), details: input })
        return answer(context, result, (room) => ({ __typename: 'RoomRegistered' as const, room }))
      },
      async changeRoom(_, { input: { roomId, ...change } }, context) {
        const result = await changeRoom(ports, { roomId: idOrNone(roomId), hostId: userOf(context), change })
        return answer(context, result, (room) => ({ __typename: 'RoomChanged' as const, room }))
      },
      async deleteRoom(_, { roomId, cancelUpcomingBookings }, context) {
        const command = {
          roomId: idOrNone(roomId),
          hostId: userOf(context),
          cancelUpcomingBookings: cancelUpcomingBookings ?? false,
        }
        return answer(context, await deleteRoom(ports, command), deleted)
      },
      async deleteRoomForServiceCenter(_, args, context) {
        if (!isAtMost(args.agentId, 200)) throw badInput('agentId', 'agentId is no id')
        if (!isAtMost(args.reason, 2_000))
          throw badInput('reason', 'reason must have at most 2000 characters')
        return answer(
          context,
          await deleteRoomForServiceCenter(ports, { ...args, roomId: idOrNone(args.roomId) }),
          deleted,
        )
      },
    },

    Room: {
      // Whoever holds a booking of a deleted room still sees what it was.
      __resolveReference: async ({ id }) => (await load(idOrNone(id))) ?? null,
      ...roomFields,
    },
    Money: moneyFields,
    Host: {
      __resolveReference: ({ id }) => ({ id }),
      rooms: ({ id }, args) => searchRooms(listings, { hostId: id }, 'NEWEST', args),
    },
  }
}
