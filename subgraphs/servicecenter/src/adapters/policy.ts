import type { PolicyOf } from '@myhotel/kit/policy'
import type { Complaint } from '../domain/complaint.ts'
import type { Resolvers } from './graphql.generated.ts'

/** Who may call what of schema.graphql, and who sees what. */
export const policy = {
  Query: {
    complaints: ['guest', 'agent'],
    complaint: ['user'],
    auditTrail: ['agent'],
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
    AuditEntry: {
      seenBy: ['agent'],
      fields: [
        ...['id', 'at', 'actor', 'roles', 'action', 'subject', 'outcome', 'code', 'reason', 'complaintId'],
        'correlationId',
      ],
    },
  },
} as const satisfies PolicyOf<Resolvers>
