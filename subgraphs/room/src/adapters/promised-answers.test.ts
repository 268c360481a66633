import { createTestLog } from '@myhotel/kit/testing'
import { answering, callsFrom } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import { bookClient } from './book-client.ts'

/** What room makes of each answer. */
const meaning: Record<string, unknown> = {
  'two bookings are to come': 2,
  'the room was never booked': 0,
}

it.each(callsFrom('room'))('$callee is asked $operation, and understood: $when', async (call) => {
  await using callee = await answering(call)
  const { log } = createTestLog()
  const client = bookClient({ url: callee.url, sign: async () => 'token', log })
  expect(meaning).toHaveProperty([call.when])
  expect(await client.countUpcoming(String(call.variables.roomId))).toBe(meaning[call.when])
  expect(callee.asked).toEqual([{ query: call.document, variables: call.variables }])
  await client.part.stop?.()
})
