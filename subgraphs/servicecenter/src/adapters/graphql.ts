import { badInput, readPage, toConnection } from '@myhotel/kit/connection'
import { type RequestContext, userOf } from '@myhotel/kit/serve'
import {
  cancelBookingAsAgent,
  closeComplaint,
  deleteRoomAsAgent,
  fileComplaint,
} from '../application/commands.ts'
import type { Ports } from '../application/ports.ts'
import type { Complaint } from '../domain/complaint.ts'
import { isRefusal } from '../domain/refusal.ts'
import { isId } from '../domain/rules.ts'
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
        const id = idOf(args.id)
        return isId(id) ? complaints.find(id) : null
      },

      async auditTrail(_, args) {
        const page = readPage(args, 2)
        const { actor = null, action = null } = args
        const found = await auditTrail.newest({
          ...{ actor, action, subjectId: idOrNull(args.subjectId) },
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
        const bookingId = idOrNull(input.bookingId)
        const roomId = idOrNull(input.roomId)
        const result = await fileComplaint(ports, { guestId, bookingId, roomId, text: input.text })
        if (isRefusal(result)) return told(result)
        return { __typename: 'ComplaintFiled', complaint: written(context, result) }
      },

      async closeComplaint(_, { complaintId, resolution }, context) {
        const order = { agentId: userOf(context), complaintId: idOf(complaintId), resolution }
        const result = await closeComplaint(ports, order)
        if (isRefusal(result)) return told(result)
        return { __typename: 'ComplaintClosed', complaint: written(context, result) }
      },

      async cancelBookingAsAgent(_, { bookingId, reason, complaintId }, context) {
        const order = {
          agentId: userOf(context),
          bookingId: idOf(bookingId),
          reason,
          complaintId: idOrNull(complaintId),
        }
        const result = await cancelBookingAsAgent(ports, order)
        if (isRefusal(result)) return told(result)
        return { __typename: 'BookingCanceled', booking: { id: result.bookingId } }
      },

      async deleteRoomAsAgent(_, { roomId, reason, complaintId }, context) {
        const order = {
          agentId: userOf(context),
          roomId: idOf(roomId),
          reason,
          complaintId: idOrNull(complaintId),
        }
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

/** Ids are the same in upper and lower case. */
const idOf = (id: string) => id.toLowerCase()
const idOrNull = (id: string | null | undefined) => (id == null ? null : idOf(id))

const cursorOf = ({ id }: Complaint) => [id]

function readCursor(id: unknown): string {
  if (typeof id === 'string' && isId(id)) return id
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
