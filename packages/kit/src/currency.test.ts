import { describe, expect, it, test } from 'vitest'
import { currencyCodes, decimalsOf, isCurrency, toDecimal } from './currency.ts'

/** ISO 4217, list one, of currencies whose display conventions (CLDR) or coins say otherwise, and of some that agree. */
const known = {
  ...{
    HUF: 2,
    IDR: 2,
    COP: 2,
    PKR: 2,
    LBP: 2,
    IRR: 2,
    IQD: 3,
    MMK: 2,
    RSD: 2,
    TZS: 2,
    MRU: 2,
    MGA: 2,
    TWD: 2,
  },
  ...{ JPY: 0, KRW: 0, ISK: 0, UGX: 0, CLP: 0, VND: 0, XAF: 0, XOF: 0, XPF: 0, PYG: 0, UYI: 0 },
  ...{ KWD: 3, BHD: 3, JOD: 3, OMR: 3, TND: 3, LYD: 3, CLF: 4, UYW: 4, EUR: 2, USD: 2, XCD: 2, ZWG: 2 },
}

test.each(Object.entries(known))('%s has %i decimals', (code, decimals) => {
  expect(isCurrency(code)).toBe(true)
  expect(decimalsOf(code)).toBe(decimals)
})

test.each([
  'XXX',
  'XTS',
  'XAU',
  'XAG',
  'XPT',
  'XPD',
  'XDR',
  'XSU',
  'XUA',
  'XBA',
  'DEM',
  'HRK',
  'ITL',
  'eur',
  'EURO',
  '',
])('amounts of %j are not accepted', (code) => {
  expect(isCurrency(code)).toBe(false)
})

test('an amount that was stored in a withdrawn currency can still be shown', () => {
  expect(toDecimal(1_250, 'DEM')).toBe('12.50')
})

describe.each(currencyCodes)('an amount of %s as a decimal number', (code) => {
  const scale = 10n ** BigInt(decimalsOf(code))

  it('is the amount when it is read back', () => {
    for (const amount of [
      0,
      1,
      -1,
      9,
      10,
      99,
      100,
      101,
      12_345,
      2_500_000,
      2 ** 31,
      2 ** 53 - 1,
      -(2 ** 53) + 1,
    ]) {
      const text = toDecimal(amount, code)
      const [units = '', fraction = ''] = text.replace('-', '').split('.')
      expect(fraction).toHaveLength(decimalsOf(code))
      const read = BigInt(units) * scale + BigInt(fraction || '0')
      expect(text.startsWith('-') ? -read : read).toBe(BigInt(amount))
    }
  })
})
