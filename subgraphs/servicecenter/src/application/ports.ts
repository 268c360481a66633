import type { AgentAction, Outcome } from '../domain/agent-action.ts'
import type { AuditEntry, Refused } from '../domain/audit.ts'
import type { Complaint, ComplaintEvent } from '../domain/complaint.ts'
import type { RefusalOf } from '../domain/refusal.ts'

/** What the application needs of the world, in the domain's words. The adapters implement it; see compose.ts. */
export type Ports = {
  readonly complaints: Complaints
  readonly agentActions: AgentActions
  readonly auditTrail: AuditTrail
  readonly bookings: Bookings
  readonly rooms: Rooms
  /** The time now, ISO 8601. */
  readonly now: () => string
  /** A new id; later ones are greater. */
  readonly newId: () => string
}

export type Complaints = {
  find(id: string): Promise<Complaint | null>
  /** The newest first: those of one guest or all, of one status or both, filed before the one named `before`. */
  newest(wanted: {
    guestId: string | null
    status: Complaint['status'] | null
    before: string | null
    limit: number
  }): Promise<readonly Complaint[]>
  /** Saves what an event made of a complaint and announces it; false where somebody else saved that version first. */
  save(complaint: Complaint, event: ComplaintEvent): Promise<boolean>
}

/** The record of what agents did: it only grows. */
export type AgentActions = {
  /** Writes down what is going to be done. */
  begin(action: AgentAction): Promise<void>
  /** Writes down what came of it. */
  complete(actionId: string, outcome: Outcome, at: string): Promise<void>
}

/** The record of what was refused: it only grows. */
export type Refusals = {
  /** Writes down a refusal, within the transaction in which its event is received. */
  record(refusal: Refused): Promise<void>
}

/** What agents did and what was refused, in one. */
export type AuditTrail = {
  /** The newest first: those that pass all of what is wanted, and that come after the place `after`. */
  newest(wanted: AuditWanted): Promise<readonly AuditEntry[]>
}

export type AuditWanted = {
  readonly actor: string | null
  readonly action: string | null
  readonly subjectId: string | null
  /** ISO 8601; the first instant that is wanted, and the first that is not any more. */
  readonly since: string | null
  readonly until: string | null
  readonly after: { readonly at: string; readonly id: string } | null
  readonly limit: number
}

/** What one service asks of another for an agent. Repeating it changes nothing and gives the first answer again. */
type Intervention = { readonly agentId: string; readonly reason: string }

/** Bookings, which book keeps. SERVICE_UNAVAILABLE: it was not asked, or has not answered and may yet do it. */
export type Bookings = {
  cancel(
    intervention: Intervention & { bookingId: string },
  ): Promise<
    | { bookingId: string }
    | RefusalOf<'INVALID_INPUT' | 'NOT_FOUND' | 'FORBIDDEN' | 'NOT_CANCELABLE' | 'SERVICE_UNAVAILABLE'>
  >
}

/** Rooms, which room keeps. SERVICE_UNAVAILABLE as for bookings. */
export type Rooms = {
  delete(
    intervention: Intervention & { roomId: string },
  ): Promise<
    { roomId: string } | RefusalOf<'NOT_FOUND' | 'FORBIDDEN' | 'UPCOMING_BOOKINGS' | 'SERVICE_UNAVAILABLE'>
  >
}
