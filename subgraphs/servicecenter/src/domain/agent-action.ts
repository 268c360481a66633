import type { Refusal, RefusalOf } from './refusal.ts'
import { flawOfText } from './rules.ts'

/** What an agent wants done: who, what, why and, when it is taken on, when. */
export type AgentAction = {
  readonly id: string
  readonly agentId: string
  readonly kind: 'CANCEL_BOOKING' | 'DELETE_ROOM' | 'CLOSE_COMPLAINT'
  /** Id of the booking, the room or the complaint that it is done to. */
  readonly subjectId: string
  readonly reason: string
  /** The complaint because of which it is done, if there is one. */
  readonly complaintId: string | null
  /** ISO 8601. */
  readonly requestedAt: string
}

/** What came of it: it was done, or was refused with this code. */
export type Outcome = 'DONE' | Refusal['code']

/** The longest reason, in characters. */
const longestReason = 2_000

/** Why an intervention in somebody's booking or room cannot be accepted for this reason, if so. */
export const flawOfIntervention = (reason: string): RefusalOf<'INVALID_INPUT'> | null =>
  flawOfText('reason', reason, longestReason)
