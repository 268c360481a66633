import { expect, test } from 'vitest'
import type { Counts } from './client/outcomes.ts'
import { toFigure } from './invariants.ts'
import { addressesIn } from './proofs/names.ts'
import { allAnswered, availability, describe as inWords, noneWrong, sumOf, type Traffic } from './traffic.ts'
import { cores } from './usage.ts'

const counts = (some: Partial<Counts>): Counts => ({
  ...{ ok: 0, later: 0, failed: 0, wrong: 0, causes: {}, examples: [], gaps: [] },
  latency: { p50: 1, p95: 1, p99: 1, max: 1 },
  ...some,
})
const traffic = (booking: Partial<Counts>, failedOfSiege = 0, atLast = 0): Traffic => ({
  guests: {
    counts: { booking: counts(booking) },
    seen: { connections: 1, closes: 0 },
    unknown: { atFirst: 0, atLast },
    seconds: 1,
  },
  siege: {
    ...{ transactions: 1_000, failed_transactions: failedOfSiege, availability: 100, elapsed_time: 1 },
    ...{ response_time: 1, longest_transaction: 1, transaction_rate: 1 },
  },
})

test('one failure of whatever kind is no 100.00 %', () => {
  expect(allAnswered('requests', traffic({ ok: 99_000 })).holds).toBe(true)
  for (const one of [{ failed: 1 }, { later: 1 }, { wrong: 1 }]) {
    const figure = allAnswered('requests', traffic({ ok: 199_000, ...one }))
    expect(figure.holds).toBe(false)
    expect(figure.measured).toContain('99.99 %')
  }
  expect(allAnswered('requests', traffic({ ok: 1 }, 1)).holds).toBe(false)
})

test('nothing asked proves nothing', () => {
  const { guests } = traffic({})
  expect(allAnswered('requests', { guests, siege: null }).holds).toBe(false)
  expect(availability({ asked: 0, failed: 0, wrong: 0 })).toBe('0.00 %')
})

test('what siege lost is among what was asked', () => {
  expect(sumOf(traffic({ ok: 10, failed: 2 }, 5))).toEqual({ asked: 1_017, failed: 7, wrong: 0 })
  expect(inWords(traffic({ ok: 10, failed: 2, causes: { ECONNRESET: 2 } }, 5))).toBe(
    '1,017 asked, 7 failed, 99.31 % (5 × siege; 2 × booking: ECONNRESET)',
  )
})

test('an outcome that is never known is no right one', () => {
  expect(noneWrong(traffic({ failed: 3 })).holds).toBe(true)
  expect(noneWrong(traffic({ wrong: 1 })).holds).toBe(false)
  expect(noneWrong(traffic({ failed: 3 }, 0, 1)).holds).toBe(false)
})

test('invariants hold where each was counted and none is violated', () => {
  const holding = 'I1   holds          every booking has …\n                    compared: 3 bookings\n'
  const broken = 'I3   2 VIOLATIONS   no night twice\n                    compared: 3\n       room 1 twice\n'
  expect(toFigure(holding)).toMatchObject({ holds: true, measured: 'all 1 hold' })
  expect(toFigure(holding + broken)).toMatchObject({ holds: false })
  expect(toFigure(holding + broken).measured).toContain('room 1 twice')
  expect(toFigure('')).toMatchObject({ holds: false })
})

test('addresses are found, networks and nobody are none', () => {
  const text =
    'HOST: 0.0.0.0\ncidr: 10.0.0.0/8\nurl: http://10.96.0.12:4000\nversion: 1.2.3\nlocal: 127.0.0.1'
  expect(addressesIn(text)).toEqual(['10.96.0.12'])
})

test('quantities of processors are read', () => {
  expect(['12m', '250000000n', '2', '500u'].map(cores)).toEqual([0.012, 0.25, 2, 0.0005])
  expect(() => cores('much')).toThrow('quantity')
})
