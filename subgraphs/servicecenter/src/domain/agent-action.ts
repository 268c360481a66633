import { noSuch, type Refusal, type RefusalOf } from './refusal.ts'
import { flawOfText, isId } from './rules.ts'

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

/** Why an intervention in somebody's booking or room cannot be taken on, if so. */
export function flawOfIntervention(
  kind: 'booking' | 'room',
  order: { subjectId: string; reason: string; complaintId: string | null },
): RefusalOf<'INVALID_INPUT' | 'NOT_FOUND'> | null {
  if (!isId(order.subjectId)) return noSuch(kind)
  if (order.complaintId !== null && !isId(order.complaintId)) return noSuch('complaint')
  return flawOfText('reason', order.reason, longestReason)
}
