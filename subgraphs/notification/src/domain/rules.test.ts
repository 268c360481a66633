import { currencyCodes, decimalsOf } from '@myhotel/kit/currency'
import { describe, expect, test } from 'vitest'
import { judge } from './delivery.ts'
import { flawOf } from './push-subscription.ts'
import { formatMoney } from './wording.ts'

test.each([
  [7_500, 'EUR', '€75.00'],
  [5, 'EUR', '€0.05'],
  [7_500, 'JPY', '¥7,500'],
  [1_234, 'KWD', 'KWD 1.234'],
  [2_500_000, 'HUF', 'HUF 25,000.00'],
  [450_000_000, 'IDR', 'IDR 4,500,000.00'],
  [-50, 'USD', '-$0.50'],
  [9_007_199_254_740_991, 'USD', '$90,071,992,547,409.91'],
])('%d minor units of %s are written %s', (amount, currency, text) => {
  expect(formatMoney({ amount, currency, decimals: decimalsOf(currency) })).toBe(text)
})

test.each(currencyCodes)('what is written of an amount of %s reads as that amount', (currency) => {
  const decimals = decimalsOf(currency)
  for (const amount of [0, 1, 99, 100, 12_345, 2_500_000, 2_250_000_000, 2 ** 53 - 1, -1, -12_345]) {
    const text = formatMoney({ amount, currency, decimals })
    const [, units = '', fraction = ''] = /([\d,]+)(?:\.(\d+))?$/.exec(text) ?? []
    expect(fraction, text).toHaveLength(decimals)
    const read = BigInt(units.replaceAll(',', '')) * 10n ** BigInt(decimals) + BigInt(fraction || '0')
    expect(text.startsWith('-') ? -read : read, text).toBe(BigInt(amount))
  }
})

describe('after an attempt', () => {
  const failed = { kind: 'failed', why: 'no route' } as const
  const day = 24 * 60 * 60 * 1_000

  test('what arrived is delivered, who has no address is not tried again', () => {
    expect(judge({ kind: 'delivered' }, 1, 0)).toEqual({ state: 'DELIVERED' })
    expect(judge({ kind: 'unreachable', why: 'gone' }, 1, 0)).toEqual({ state: 'UNREACHABLE', why: 'gone' })
  })

  test('what failed is tried again after pauses that double up to a minute', () => {
    const pauses = [1, 2, 3, 6, 7, 100].map((attempts) => judge(failed, attempts, 0))
    expect(pauses.map((verdict) => ('againInMs' in verdict ? verdict.againInMs : null))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ])
  })

  test('news of three days ago is given up, but not before the tenth attempt', () => {
    expect(judge(failed, 10, 3 * day)).toEqual({ state: 'GIVEN_UP', why: 'no route' })
    expect(judge(failed, 9, 30 * day)).toMatchObject({ state: 'PENDING' })
    expect(judge(failed, 1_000, 2 * day)).toMatchObject({ state: 'PENDING' })
  })
})

describe('a push subscription', () => {
  const good = { p256dh: `B${'x'.repeat(86)}`, auth: 'y'.repeat(22) }
  const services = ['https://fcm.googleapis.com', 'https://*.push.apple.com']

  test.each(['https://fcm.googleapis.com/fcm/send/abc', 'https://web.push.apple.com/Q1'])(
    'is taken at a known service: %s',
    (endpoint) => {
      expect(flawOf({ ...good, endpoint }, services)).toBeNull()
    },
  )

  test.each([
    'http://fcm.googleapis.com/x',
    'https://fcm.googleapis.com:8443/x',
    'https://user@fcm.googleapis.com/x',
    'https://fcm.googleapis.com.evil.example/x',
    'https://evilpush.apple.com/x',
    'https://.push.apple.com/x',
    'https://127.0.0.1/?.push.apple.com',
    'http://169.254.169.254/latest',
    'no address',
    `https://fcm.googleapis.com/${'x'.repeat(1_000)}`,
  ])('is refused anywhere else: %s', (endpoint) => {
    expect(flawOf({ ...good, endpoint }, services)).toMatchObject({ field: 'endpoint' })
  })

  test('needs keys that can be keys', () => {
    const endpoint = 'https://web.push.apple.com/Q1'
    expect(flawOf({ ...good, endpoint, p256dh: 'short' }, services)).toMatchObject({ field: 'p256dh' })
    expect(flawOf({ ...good, endpoint, auth: 'a+b' }, services)).toMatchObject({ field: 'auth' })
  })
})
