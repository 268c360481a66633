import { badInput, readPage, toConnection } from '@myhotel/kit/connection'
import { canonicalId } from '@myhotel/kit/ids'
import { type RequestContext, userOf } from '@myhotel/kit/serve'
import {
  cancelBookingAsAgent,
  closeComplaint,
  deleteRoomAsAgent,
  fileComplaint,
} from '../application/commands.ts'
import type { Ports } from '../application/ports.ts'
import type { Complaint } from '../domain/complaint.ts'
import { invalid, isRefusal, noSuch } from '../domain/refusal.ts'
import type { Resolvers } from './graphql.generated.ts'
import { told } from './refusals.ts'

/** Resolvers hand over to the application and put its answers into the API's types; who may ask, policy.ts says. */
export function resolvers(ports: Ports): Resolvers {
  const { complaints, auditTrail } = ports
  return {
    Query: {
      async complaints(_, args, context) {
        const page = readPage(args, 1)
        const found = await complaints.newest({
          guestId: context.caller.roles.includes('agent') ? null : userOf(context),
          status: args.status ?? null,
          before: page.after && readCursor(page.after[0]),
          limit: page.first + 1,
        })
        return toConnection(page, found, cursorOf, (complaint) => complaint)
      },

      async complaint(_, args) {
        const id = canonicalId(args.id)
        return id ? complaints.find(id) : null
      },

      async auditTrail(_, args) {
        const page = readPage(args, 2)
        const { actor = null, action = null } = args
        const found = await auditTrail.newest({
          ...{ actor, action, subjectId: subjectOf(args.subjectId) },
          ...{ since: instantOf(args.since), until: instantOf(args.until) },
          after: page.after && readPlace(page.after),
          limit: page.first + 1,
        })
        return toConnection(
          page,
          found,
          ({ at, id }) => [at, id],
          (entry) => entry,
        )
      },
    },

    Mutation: {
      async fileComplaint(_, { input }, context) {
        const guestId = userOf(context)
        const bookingId = reference(input.bookingId)
        const roomId = reference(input.roomId)
        if (bookingId === undefined) return told(invalid('bookingId', 'is not the id of a booking'))
        if (roomId === undefined) return told(invalid('roomId', 'is not the id of a room'))
        const result = await fileComplaint(ports, { guestId, bookingId, roomId, text: input.text })
        if (isRefusal(result)) return told(result)
        return { __typename: 'ComplaintFiled', complaint: written(context, result) }
      },

      async closeComplaint(_, { resolution, ...args }, context) {
        const complaintId = canonicalId(args.complaintId)
        if (!complaintId) return told(noSuch('complaint'))
        const result = await closeComplaint(ports, { agentId: userOf(context), complaintId, resolution })
        if (isRefusal(result)) return told(result)
        return { __typename: 'ComplaintClosed', complaint: written(context, result) }
      },

      async cancelBookingAsAgent(_, { reason, ...args }, context) {
        const bookingId = canonicalId(args.bookingId)
        const complaintId = reference(args.complaintId)
        if (!bookingId) return told(noSuch('booking'))
        if (complaintId === undefined) return told(noSuch('complaint'))
        const order = { agentId: userOf(context), bookingId, reason, complaintId }
        const result = await cancelBookingAsAgent(ports, order)
        if (isRefusal(result)) return told(result)
        return { __typename: 'BookingCanceled', booking: { id: result.bookingId } }
      },

      async deleteRoomAsAgent(_, { reason, ...args }, context) {
        const roomId = canonicalId(args.roomId)
        const complaintId = reference(args.complaintId)
        if (!roomId) return told(noSuch('room'))
        if (complaintId === undefined) return told(noSuch('complaint'))
        const order = { agentId: userOf(context), roomId, reason, complaintId }
        const result = await deleteRoomAsAgent(ports, order)
        if (isRefusal(result)) return told(result)
        return { __typename: 'RoomDeleted', roomId: result.roomId }
      },
    },

    Complaint: {
      closedAt: (complaint) => (complaint.status === 'CLOSED' ? complaint.closedAt : null),
      closedBy: (complaint) => (complaint.status === 'CLOSED' ? complaint.closedBy : null),
      resolution: (complaint) => (complaint.status === 'CLOSED' ? complaint.resolution : null),
      booking: ({ bookingId }) => stub(bookingId),
      room: ({ roomId }) => stub(roomId),
    },
  }
}

/** The complaint, after telling that this request has written it. */
function written(context: RequestContext, complaint: Complaint): Complaint {
  context.wrote(`servicecenter.${complaint.id}`, complaint.version)
  return complaint
}

/** What another subgraph keeps: the router asks it for all but the id. */
const stub = (id: string | null) => (id === null ? null : { id })

/** An id that may be left out: null without one, undefined where nothing can have it. */
const reference = (id: string | null | undefined) => (id == null ? null : (canonicalId(id) ?? undefined))

/** What an entry of the trail can be about has an id of ours or, after a refused attempt, any other. */
const subjectOf = (id: string | null | undefined) => (id == null ? null : (canonicalId(id) ?? id))

const cursorOf = ({ id }: Complaint) => [id]

function readCursor(id: unknown): string {
  const canonical = typeof id === 'string' ? canonicalId(id) : null
  if (canonical) return canonical
  throw noCursor()
}

function readPlace([at, id]: readonly unknown[]): { at: string; id: string } {
  if (typeof at !== 'string' || !isInstant(at)) throw noCursor()
  return { at, id: readCursor(id) }
}

const isInstant = (at: string) => /^\d{4}-\d{2}-\d{2}T[\d:.]{12}Z$/.test(at) && !Number.isNaN(Date.parse(at))

const noCursor = () => badInput('after', 'after is not a cursor of this field')

/** An instant in UTC, whatever the offset that it was given with. */
const instantOf = (at: string | null | undefined) => (at == null ? null : new Date(at).toISOString())
