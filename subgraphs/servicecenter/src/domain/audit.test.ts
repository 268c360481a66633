import { expect, it } from 'vitest'
import type { AgentAction, Outcome } from './agent-action.ts'
import { entryOfAction, entryOfRefusal } from './audit.ts'

const action: AgentAction = {
  ...{ id: 'a1', agentId: 'agent1', kind: 'CANCEL_BOOKING', subjectId: 'b1', reason: 'The guest is ill.' },
  ...{ complaintId: 'c1', requestedAt: '2027-01-01T10:00:00.000Z' },
}

it.each<[Outcome | null, string, string | null]>([
  ['DONE', 'DONE', null],
  ['NOT_FOUND', 'REFUSED', 'NOT_FOUND'],
  ['NOT_CANCELABLE', 'REFUSED', 'NOT_CANCELABLE'],
  ['SERVICE_UNAVAILABLE', 'FAILED', 'SERVICE_UNAVAILABLE'],
  [null, 'UNKNOWN', null],
])('an action with the outcome %s is %s in the trail', (result, outcome, code) => {
  expect(entryOfAction(action, result, 'corr')).toEqual({
    ...{ id: 'a1', at: action.requestedAt, actor: 'agent1', roles: ['agent'], outcome, code },
    ...{ action: 'Mutation.cancelBookingAsAgent', subject: { type: 'Booking', id: 'b1' } },
    ...{ reason: action.reason, complaintId: 'c1', correlationId: 'corr' },
  })
})

it('a refusal is in the trail as it was told', () => {
  const refused = {
    ...{ id: 'r1', at: action.requestedAt, actor: 'guest2', roles: ['guest'], action: 'Query.booking' },
    ...{ subject: { type: 'Booking', id: 'b1' }, reason: 'only for its guest', correlationId: 'corr' },
  }
  expect(entryOfRefusal({ ...refused, refusedBy: 'book' })).toEqual({
    ...{ ...refused, outcome: 'REFUSED', code: 'FORBIDDEN', complaintId: null },
  })
})
