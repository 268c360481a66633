import { createTestLog } from '@myhotel/kit/testing'
import { answering, type Call, callsFrom } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import type { Attempt } from '../domain/attempt.ts'
import { paymentClient } from './payment-client.ts'
import { roomClient } from './room-client.ts'

const { log } = createTestLog()
const sign = async () => 'token'

/** Asks by the client that book has for it. */
async function ask({ callee, operation, variables }: Call, url: string): Promise<unknown> {
  if (callee === 'room') {
    const client = roomClient({ url, sign, log })
    return client.offered(String(variables.roomId)).finally(() => client.close())
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

type Input = { attemptId: string; amount: { amount: number; currency: string }; method: string }

const approved = { type: 'approved', paymentId: expect.any(String) }
const declined = { type: 'declined', declineCode: 'insufficient_funds', message: expect.any(String) }

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
