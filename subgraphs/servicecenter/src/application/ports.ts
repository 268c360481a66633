import type { AgentAction, Outcome } from '../domain/agent-action.ts'
import type { Complaint, ComplaintEvent } from '../domain/complaint.ts'
import type { RefusalOf } from '../domain/refusal.ts'

/** What the application needs of the world, in the domain's words. The adapters implement it; see compose.ts. */
export type Ports = {
  readonly complaints: Complaints
  readonly agentActions: AgentActions
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
