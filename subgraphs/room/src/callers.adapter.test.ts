import { about, type Call, callsTo, expectedOf } from '@myhotel/kit/testing/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { input, type RunningRoom, startRoom } from './testing/running-room.ts'

let room: RunningRoom
beforeAll(async () => {
  room = await startRoom()
})
afterAll(() => room?.stop())

const offer = () =>
  room.offer({
    ...input,
    ...{ cleaningFee: { amount: 1_500, currency: 'EUR' }, taxPercent: 8.875, capacity: 3 },
    ...{ minNights: 2, maxNights: 60, bookingWindowDays: 365, checkInTime: '16:00', checkOutTime: '10:00' },
    cancellationPolicy: 'STRICT',
  })

async function deleted(): Promise<string> {
  const id = await offer()
  await room.remove(id, true)
  return id
}

/** How each situation comes about, and which room it is about. */
const given: Record<string, () => Promise<string> | undefined> = {
  'the room is on offer': offer,
  'the room was deleted': deleted,
  'there never was such a room': () => undefined,
}

async function inItsSituation(call: Call): Promise<Call> {
  expect(given).toHaveProperty([call.when])
  const id = await given[call.when]?.()
  return id ? about(call, String(call.variables.roomId), id) : call
}

test.each(callsTo('room'))('$caller ($version) asks $operation: $when', async (example) => {
  const call = await inItsSituation(example)
  const { data, errors } = await room.ask(call.document, call.variables, { service: call.caller })
  expect({ data, errors }).toEqual({ data: expectedOf(call) })
})
