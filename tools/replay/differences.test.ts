import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClocks } from './clocks.ts'
import type { PastBooking } from './history.ts'
import { captures, refunds } from './payments.ts'
import { planReplay } from './plan.ts'
import { describe, differencesIn, type Replay } from './report.ts'
import type { Outcome } from './run.ts'

let provider: TestProcess
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'myhotel-provider-'))
  provider = await startProcess('tools/sandbox/payment-provider/main.ts', { DATA_DIR: folder })
})
afterAll(() => provider?.stop())

/** Two nights at 50.00, booked as `bookingId`. */
function outcome(line: number, bookingId: string | null, canceledOn: number | null = null): Outcome {
  const stay = { bookedOn: 0, arrival: 10, nights: 2, guests: 2, rate: 5_000, canceledOn }
  const booking: PastBooking = { line, roomType: 'A', ...stay }
  const room = { id: 'room', host: 'host1', pricePerNight: 5_000 }
  return { booking, room, guest: 'guest1', bookingId, refusal: bookingId ? null : 'ROOM_NOT_AVAILABLE' }
}

async function send(path: string, key: string, body: object): Promise<{ id: string }> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  const response = await fetch(`${provider.url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return (await response.json()) as { id: string }
}
const capture = (key: string, bookingId: string, amount = 10_000) =>
  send('/v1/payments', key, { amount, currency: 'EUR', method: 'pm_card_visa', metadata: { bookingId } })

test('what the provider has too much, too little or too often is a difference; what others paid is not', async () => {
  const right = await capture('1', 'right')
  const twice = await capture('2', 'twice')
  await capture('3', 'twice')
  await capture('4', 'too little', 9_999)
  await capture('5', 'of somebody else')
  await send(`/v1/payments/${right.id}/refunds`, '6', { amount: 10_000 })
  await send(`/v1/payments/${twice.id}/refunds`, '7', { amount: 10_000 })
  const outcomes = [
    outcome(2, 'right', 5),
    outcome(3, 'twice'),
    outcome(4, 'too little'),
    outcome(5, 'none'),
    outcome(6, null),
  ]

  const captured = await captures(provider.url, outcomes).look()
  expect(captured.differences).toEqual([
    'line 3 has 10000 EUR and 10000 EUR instead of 10000 EUR',
    'line 4 has 9999 EUR instead of 10000 EUR',
    'line 5 has nothing instead of 10000 EUR',
    'their amounts: 39999 instead of 40000',
  ])
  const refunded = await refunds(provider.url, outcomes).look()
  expect(refunded.differences).toEqual([
    'line 3 should have none',
    'refunds at the provider: 2 instead of 1',
    'their amounts: 20000 instead of 10000',
  ])
})

test('the report counts refusals by reason and lists differences', () => {
  const outcomes = [outcome(2, 'b1'), outcome(3, null), outcome(4, null)]
  const clocks = createClocks()
  const replay: Replay = {
    history: {
      rows: 5,
      bookings: outcomes.map(({ booking }) => booking),
      nonsense: { 'no nights': [5], 'no guests': [], 'no rate': [6], unreadable: [] },
    },
    plan: planReplay(
      outcomes.map(({ booking }) => booking),
      20_000,
    ),
    ...{ outcomes, clocks, seconds: 2, catchUpSeconds: 1 },
    comparison: {
      facts: [{ what: 'captures', expected: 300_000, found: 299_999, unit: 'money' }],
      differences: ['captures: missing'],
    },
  }
  expect(differencesIn(replay)).toEqual([
    'line 3 was refused: ROOM_NOT_AVAILABLE',
    'line 4 was refused: ROOM_NOT_AVAILABLE',
    'captures: missing',
  ])
  const text = describe(replay)
  expect(text).toMatch(/^booked +1$/m)
  expect(text).toMatch(/^refused +2$/m)
  expect(text).toMatch(/^ {2}ROOM_NOT_AVAILABLE +2$/m)
  expect(text).toMatch(/^ {2}no nights +1 {3}line 5$/m)
  expect(text).toMatch(/^rooms +3 {3}A: 3$/m)
  expect(text).toMatch(/^captures +EUR 3,000\.00 +EUR 2,999\.99 +differs$/m)
  expect(text).toContain('3 differences:\n  line 3 was refused')
})

test('percentiles of latencies are those of the calls', async () => {
  let now = 0
  const clocks = createClocks(() => now)
  for (let ms = 1; ms <= 100; ms++) {
    await clocks.time('bookRoom', async () => {
      now += ms
    })
  }
  expect(clocks.latencies().get('bookRoom')).toEqual({ calls: 100, p50: 50, p95: 95, p99: 99, longest: 100 })
})
