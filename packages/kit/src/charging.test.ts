import { expect, test } from 'vitest'
import { chargingOf } from './charging.ts'
import { currencyCodes } from './currency.ts'
import { stripeCurrencies } from './stripe-currencies.ts'

test.each(currencyCodes)('the sandbox charges %s up to the largest amount that is exact', (code) => {
  expect(chargingOf('sandbox')(code)).toEqual({ step: 1, largest: 2 ** 53 - 1 })
})

test.each([
  ['EUR', { step: 1, largest: 99_999_999 }],
  ['JPY', { step: 1, largest: 99_999_999 }],
  ['IDR', { step: 1, largest: 999_999_999_999 }],
  // Counted in hundredths at Stripe, in whole units by ISO 4217.
  ['ISK', { step: 1, largest: 999_999 }],
  ['UGX', { step: 1, largest: 999_999 }],
  // Without decimals at Stripe, with two by ISO 4217.
  ['MGA', { step: 100, largest: 9_999_999_900 }],
  ['KWD', { step: 10, largest: 99_999_990 }],
  ['IQD', null],
  ['CLF', null],
  ['XXX', null],
  ['eur', null],
])('Stripe charges %s: %o', (code, chargeable) => {
  expect(chargingOf('stripe')(code)).toEqual(chargeable)
})

test('every currency of Stripe’s table is one of ISO 4217', () => {
  expect([...stripeCurrencies.keys()].filter((code) => !currencyCodes.includes(code))).toEqual([])
  expect(stripeCurrencies.size).toBeGreaterThan(125)
})
