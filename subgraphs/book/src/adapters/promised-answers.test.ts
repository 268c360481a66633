import { createTestLog } from '@myhotel/kit/testing'
import { answering, type Call, callsFrom } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import type { Attempt } from '../domain/attempt.ts'
import { paymentClient } from './payment-client.ts'
import { paymentRecords } from './payment-records.ts'
import { roomClient } from './room-client.ts'

const { log } = createTestLog()
const sign = async () => 'token'

/** Asks by the client that book has for it. */
async function ask({ callee, operation, variables }: Call, url: string): Promise<unknown> {
  if (callee === 'room') {
    const client = roomClient({ url, sign, log })
    return client.offered(String(variables.roomId)).finally(() => client.close())
  }
  if (operation in recordsAsked) {
    const records = paymentRecords({ url, sign, log })
    return recordsAsked[operation]?.(records, variables).finally(() => records.close())
  }
  const client = paymentClient({ url, sign, log, concurrent: 4, holdMs: 25_000 })
  const { amount, method, attemptId: id, ...parties } = (variables.input ?? variables) as Input
  const attempt = { id, ...parties } as Attempt
  const asking: Record<string, () => Promise<unknown>> = {
    ApprovePayment: () => client.approve(attempt, amount, method),
    ResolvePayment: () => client.resolve(attempt),
    VoidPayment: () => client.undo(attempt),
  }
  return asking[operation]?.().finally(() => client.close())
}

type Records = ReturnType<typeof paymentRecords>
const instantOf = (value: unknown) => Date.parse(String(value))
const recordsAsked: Record<string, (records: Records, asked: Call['variables']) => Promise<unknown>> = {
  ApprovedPayments: (records, { from, before, after }) =>
    records.approvedBetween(instantOf(from), instantOf(before), String(after)),
  PaymentsOfBookings: (records, { bookingIds }) => records.ofBookings([bookingIds].flat().map(String)),
}

type Input = { attemptId: string; amount: { amount: number; currency: string }; method: string }

const approved = { type: 'approved', paymentId: expect.any(String) }
const declined = { type: 'declined', declineCode: 'insufficient_funds', message: expect.any(String) }

const record = {
  ...{ id: expect.any(String), bookingId: expect.any(String), amount: { amount: 12_300, currency: 'EUR' } },
  ...{ refunded: 0, refunding: false },
}

/** What book makes of each answer. */
const meaning: Record<string, unknown> = {
  'ApprovePayment: the card pays': approved,
  'ApprovePayment: the card is declined': declined,
  'ApprovePayment: the provider knows no such method': { type: 'no such method' },
  'ApprovePayment: the provider does not say what became of the charge': { type: 'unknown' },
  'ApprovePayment: the provider takes nothing in': { type: 'not accepted', retryAfterSeconds: 7 },
  'ApprovePayment: the attempt was given up': { type: 'dead' },
  'ResolvePayment: the attempt was approved': approved,
  'ResolvePayment: the attempt was declined': declined,
  'ResolvePayment: the attempt was never seen': { type: 'dead' },
  'VoidPayment: the attempt was approved': true,
  'VoidPayment: the attempt was never seen': true,
  'ApprovedPayments: one was approved since': [record],
  'PaymentsOfBookings: the booking was paid': [record],
  'PaymentsOfBookings: the booking was never paid': [],
  'OfferedRoom: the room is on offer': expect.objectContaining({ version: 1, deleted: false }),
  'OfferedRoom: the room was deleted': expect.objectContaining({ version: 2, deleted: true }),
  'OfferedRoom: there never was such a room': null,
}

it.each(callsFrom('book'))('$callee is asked $operation, and understood: $when', async (call) => {
  await using callee = await answering(call)
  expect(meaning).toHaveProperty([`${call.operation}: ${call.when}`])
  expect(await ask(call, callee.url)).toEqual(meaning[`${call.operation}: ${call.when}`])
  expect(callee.asked).toEqual([{ query: call.document, variables: call.variables }])
})
