import { expect, test } from 'vitest'
import { breakerTimes, percentile, withoutTrials } from './breaker-times.ts'

const line = (answer: string | null, at: number, ms: number) => ({
  ...({ operation: 'bookRoom', guest: 'guest1', key: `${at}` } as const),
  ...{ answer, at, ms },
})
const fault = { hitAt: 1_000, healingAt: 8_500, healedAt: 9_000 }

const row = (from: number, ms: number) =>
  Array.from({ length: 10 }, (_, index) => line('PaymentBusy', from + 10 * index, ms))

test('the breaker is open from ten PaymentBusy in a row on, and only who asks from then on is measured', () => {
  const lines = [
    line('PaymentBusy', 500, 100),
    line('PaymentBusy', 1_050, 1_500),
    line('BookingInProgress', 1_100, 3_000),
    line('PaymentBusy', 3_900, 205),
    ...row(4_010, 95),
    line('PaymentBusy', 5_000, 30),
    line('BookingInProgress', 5_100, 2_500),
    line('PaymentBusy', 5_200, 40),
    line('PaymentBusy', 8_400, 400),
  ]
  const { opensAfter, busy, takenInAfter } = breakerTimes(lines, fault)
  expect([opensAfter, takenInAfter]).toEqual([3_105, null])
  expect(busy).toEqual([30, 40])
})

test('single PaymentBusy are no open breaker', () => {
  const lines = [...row(4_000, 20).slice(1), line('RoomBooked', 4_500, 20), line('PaymentBusy', 4_600, 20)]
  expect(breakerTimes(lines, fault)).toEqual({ opensAfter: null, busy: [], takenInAfter: null })
})

test('payment is taken in with the first booking after it is back, whenever that was asked for', () => {
  const lines = [line('RoomBooked', 900, 50), line('RoomBooked', 8_000, 1_500), line('RoomBooked', 9_800, 40)]
  expect(breakerTimes(lines, fault)).toEqual({ opensAfter: null, busy: [], takenInAfter: 500 })
})

test('what is found out by asking again is no booking that payment took in', () => {
  const lines = [
    line('BookingInProgress', 2_000, 3_000),
    { ...line('RoomBooked', 9_100, 5), key: '2000' },
    line('RoomBooked', 9_600, 50),
  ]
  expect(breakerTimes(lines, fault)).toMatchObject({ takenInAfter: 650 })
})

test('no answer tells nothing of a breaker', () => {
  expect(breakerTimes([line(null, 2_000, 10), line(null, 9_500, 10)], fault)).toEqual({
    ...{ opensAfter: null, busy: [], takenInAfter: null },
  })
})

test('as many of the slowest as may have tried are left out', () => {
  expect(withoutTrials([30, 500, 20, 400, 10], 1.5)).toEqual([10, 20, 30])
  expect(withoutTrials([30], 2)).toEqual([])
})

test('percentiles are values that occur', () => {
  const hundred = Array.from({ length: 100 }, (_, value) => 100 - value)
  expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([], 0.5)]).toEqual([51, 100, null])
})
