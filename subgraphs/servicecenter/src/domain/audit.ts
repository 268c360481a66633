import type { AgentAction, Outcome } from './agent-action.ts'

/** One line of the audit trail: who asked for what, and what came of it. */
export type AuditEntry = {
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  /** A user's id, or the name of a service. */
  readonly actor: string
  readonly roles: readonly string[]
  /** What was asked for, in the words of the API: `Mutation.cancelBookingAsAgent`. */
  readonly action: string
  readonly subject: { readonly type: string; readonly id: string } | null
  readonly outcome: 'DONE' | 'REFUSED' | 'FAILED' | 'UNKNOWN'
  /** Code of the refusal, if it was one. */
  readonly code: string | null
  readonly reason: string
  readonly complaintId: string | null
  readonly correlationId: string
}

/** Something that was refused to somebody known, in whichever context. */
export type Refused = Pick<AuditEntry, 'id' | 'at' | 'actor' | 'roles' | 'action' | 'subject' | 'reason'> & {
  readonly refusedBy: string
  readonly correlationId: string
}

/** What agents' actions are called in the trail, and what they are done to. */
export const actionOf = {
  CANCEL_BOOKING: { action: 'Mutation.cancelBookingAsAgent', type: 'Booking' },
  DELETE_ROOM: { action: 'Mutation.deleteRoomAsAgent', type: 'Room' },
  CLOSE_COMPLAINT: { action: 'Mutation.closeComplaint', type: 'Complaint' },
} as const satisfies Record<AgentAction['kind'], { action: string; type: string }>

/** The entry of an agent's action; `outcome` is null as long as it is not known. */
export function entryOfAction(
  { id, kind, agentId, subjectId, reason, complaintId, requestedAt }: AgentAction,
  outcome: Outcome | null,
  correlationId: string,
): AuditEntry {
  const { action, type } = actionOf[kind]
  return {
    ...{ id, at: requestedAt, actor: agentId, roles: ['agent'], action, subject: { type, id: subjectId } },
    outcome: summaryOf(outcome),
    code: outcome === 'DONE' ? null : outcome,
    ...{ reason, complaintId, correlationId },
  }
}

/** The entry of a refusal. */
export function entryOfRefusal({ refusedBy: _, ...refused }: Refused): AuditEntry {
  return { ...refused, outcome: 'REFUSED', code: 'FORBIDDEN', complaintId: null }
}

function summaryOf(outcome: Outcome | null): AuditEntry['outcome'] {
  if (outcome === null) return 'UNKNOWN'
  if (outcome === 'DONE') return 'DONE'
  return outcome === 'SERVICE_UNAVAILABLE' ? 'FAILED' : 'REFUSED'
}
