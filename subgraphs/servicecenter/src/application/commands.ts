import { type AgentAction, flawOfIntervention } from '../domain/agent-action.ts'
import { type Complaint, close, evolve, file, flawOfResolution } from '../domain/complaint.ts'
import { isRefusal, noSuch, type Refusal } from '../domain/refusal.ts'
import type { Ports } from './ports.ts'

/** A guest complains, about a booking, a room or something else. */
export async function fileComplaint(
  { complaints, now, newId }: Ports,
  order: { guestId: string; bookingId: string | null; roomId: string | null; text: string },
) {
  const event = file({ ...order, id: newId(), filedAt: now() })
  if (isRefusal(event)) return event
  const complaint = evolve(null, event)
  if (await complaints.save(complaint, event)) return complaint
  throw new Error(`there is a complaint ${complaint.id} already, but ids are never used twice`)
}

/** An agent settles a complaint. */
export async function closeComplaint(
  ports: Ports,
  { agentId, complaintId, resolution }: { agentId: string; complaintId: string; resolution: string },
) {
  const flaw = flawOfResolution(resolution)
  if (flaw) return flaw
  const action = { kind: 'CLOSE_COMPLAINT', agentId, subjectId: complaintId, reason: resolution } as const
  return onRecord(ports, { ...action, complaintId }, () => closeNow(ports, action))
}

/** An agent cancels any booking. */
export async function cancelBookingAsAgent(
  ports: Ports,
  order: { agentId: string; bookingId: string; reason: string; complaintId: string | null },
) {
  const action = { ...order, kind: 'CANCEL_BOOKING', subjectId: order.bookingId } as const
  return flawOfIntervention(order.reason) ?? onRecord(ports, action, () => ports.bookings.cancel(order))
}

/** An agent removes any room. */
export async function deleteRoomAsAgent(
  ports: Ports,
  order: { agentId: string; roomId: string; reason: string; complaintId: string | null },
) {
  const action = { ...order, kind: 'DELETE_ROOM', subjectId: order.roomId } as const
  return flawOfIntervention(order.reason) ?? onRecord(ports, action, () => ports.rooms.delete(order))
}

/**
 * Does what an agent wants, on the record: the wish is written down before anything happens, the outcome after it.
 * A crash in between leaves a wish without an outcome, never a deed without a record.
 */
async function onRecord<Answer extends object>(
  { complaints, agentActions, now, newId }: Ports,
  wish: Omit<AgentAction, 'id' | 'requestedAt'>,
  act: () => Promise<Answer>,
) {
  const { agentId, kind, subjectId, reason, complaintId } = wish
  const isKnown = complaintId === null || (await complaints.find(complaintId))
  if (!isKnown) return noSuch('complaint')
  const action = { id: newId(), agentId, kind, subjectId, reason, complaintId, requestedAt: now() }
  await agentActions.begin(action)
  const answer: Answer | Refusal = await act()
  await agentActions.complete(action.id, isRefusal(answer) ? answer.code : 'DONE', now())
  return answer
}

async function closeNow(
  ports: Pick<Ports, 'complaints' | 'now'>,
  action: Pick<AgentAction, 'agentId' | 'subjectId' | 'reason'>,
): Promise<Complaint> {
  const { agentId, subjectId, reason } = action
  const complaint = await ports.complaints.find(subjectId)
  if (!complaint) throw new Error(`complaint ${subjectId} is gone, but none is ever deleted`)
  const event = close({ resolution: reason, closedBy: agentId, closedAt: ports.now() }, complaint)
  if (event === 'already') return complaint
  const closed = evolve(complaint, event)
  // Where another agent was faster, theirs is the answer.
  return (await ports.complaints.save(closed, event)) ? closed : closeNow(ports, action)
}
