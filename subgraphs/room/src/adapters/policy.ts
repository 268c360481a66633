import type { PolicyOf } from '@myhotel/kit/policy'
import type { Room } from '../domain/room.ts'
import type { Resolvers } from './graphql.generated.ts'

/** Who may call what of schema.graphql, and who sees what. */
export const policy = {
  Query: {
    searchRooms: ['anyone'],
    room: ['anyone'],
    popularRooms: ['anyone'],
    offeredRoom: ['service book'],
  },
  Mutation: {
    registerRoom: ['host'],
    changeRoom: { for: ['user'], to: { type: 'Room', id: 'input.roomId' }, by: ['its host'] },
    deleteRoom: { for: ['user'], to: { type: 'Room', id: 'roomId' }, by: ['its host'] },
    deleteRoomForServiceCenter: ['service servicecenter'],
  },
  objects: {
    Room: {
      seenBy: ['anyone'],
      fields: [
        ...['id', 'name', 'description', 'host', 'pricePerNight', 'cleaningFee', 'taxPercent', 'capacity'],
        ...['location', 'amenities', 'photos', 'cancellationPolicy', 'minNights', 'maxNights'],
        ...['bookingWindowDays', 'checkInTime', 'checkOutTime', 'registeredAt', 'deleted'],
      ],
      relations: {
        'its host': ({ hostId }: Room, { subject, roles }) => hostId === subject && roles.includes('host'),
      },
    },
    Host: { seenBy: ['anyone'], fields: ['id', 'rooms'] },
  },
} as const satisfies PolicyOf<Resolvers>
