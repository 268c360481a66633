import { expect, it } from 'vitest'
import { isPassingFailure } from './failures.ts'

const named = (name: string) => Object.assign(new Error('x'), { name })

it.each([
  named('Overtaken'),
  named('NotTakenIn'),
  named('OutcomeUnknown'),
  { code: 'P1001' },
  new Error('timeout exceeded when trying to connect'),
  new Error('Database error. Code: `57P03`. Message: `the database system is not yet accepting connections`'),
  { meta: { driverAdapterError: { cause: { originalCode: '40P01' } } } },
])('passes by itself: %o', (error) => {
  expect(isPassingFailure(error)).toBe(true)
})

it.each([named('Error'), new TypeError('x'), { code: 'P2002' }, 'text', null, undefined])(
  'does not: %o',
  (error) => {
    expect(isPassingFailure(error)).toBe(false)
  },
)
