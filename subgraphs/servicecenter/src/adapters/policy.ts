import type { PolicyOf } from '@myhotel/kit/policy'
import type { Complaint } from '../domain/complaint.ts'
import type { Resolvers } from './graphql.generated.ts'

/** Who may call what of schema.graphql, and who sees what. */
export const policy = {
  Query: {
    complaints: ['guest', 'agent'],
    complaint: ['user'],
  },
  Mutation: {
    fileComplaint: ['guest'],
    closeComplaint: ['agent'],
    cancelBookingAsAgent: ['agent'],
    deleteRoomAsAgent: ['agent'],
  },
  objects: {
    Complaint: {
      seenBy: ['its guest', 'agent'],
      fields: [
        ...['id', 'guestId', 'bookingId', 'roomId', 'text', 'status', 'filedAt', 'closedAt', 'resolution'],
        ...['closedBy', 'booking', 'room'],
      ],
      relations: { 'its guest': ({ guestId }: Complaint, { subject }) => guestId === subject },
    },
  },
} as const satisfies PolicyOf<Resolvers>
