import { expect, it } from 'vitest'
import { flawOfIntervention } from './agent-action.ts'

const id = '0190a000-0000-7000-8000-000000000001'
const order = { subjectId: id, reason: 'The guest is ill.', complaintId: null }

it('takes on what an agent wants done and why', () => {
  expect(flawOfIntervention('booking', order)).toBeNull()
  expect(flawOfIntervention('room', { ...order, complaintId: id, reason: 'a'.repeat(2000) })).toBeNull()
})

it.each([
  ['no reason', { reason: '' }, { code: 'INVALID_INPUT', field: 'reason' }],
  ['a blank reason', { reason: '\t ' }, { code: 'INVALID_INPUT', field: 'reason' }],
  ['too long a reason', { reason: 'a'.repeat(2001) }, { code: 'INVALID_INPUT', field: 'reason' }],
  ['what cannot exist', { subjectId: "1' OR 1=1" }, { code: 'NOT_FOUND', message: 'there is no such room' }],
  ['a complaint that cannot exist', { complaintId: 'c1' }, { code: 'NOT_FOUND' }],
])('refuses %s', (_, part, refusal) => {
  expect(flawOfIntervention('room', { ...order, ...part })).toMatchObject(refusal)
})
