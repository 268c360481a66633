import { expect, it } from 'vitest'
import { flawOfIntervention } from './agent-action.ts'

it.each(['The guest is ill.', 'a'.repeat(2000)])('accepts a reason', (reason) => {
  expect(flawOfIntervention(reason)).toBeNull()
})

it.each([
  ['no reason', ''],
  ['a blank reason', '\t '],
  ['too long a reason', 'a'.repeat(2001)],
])('refuses %s', (_, reason) => {
  expect(flawOfIntervention(reason)).toMatchObject({ code: 'INVALID_INPUT', field: 'reason' })
})
