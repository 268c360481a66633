import { createTestLog } from '@myhotel/kit/testing'
import { answering, type Call, callsFrom } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import { bookClient } from './book-client.ts'
import { roomClient } from './room-client.ts'
import { type Service, serviceAt } from './service-call.ts'

type Asked = { bookingId: string; roomId: string; agentId: string; reason: string }

const ask = (service: Service, { callee, variables }: Call) =>
  callee === 'book'
    ? bookClient(service).cancel(variables as Asked)
    : roomClient(service).delete(variables as Asked)

const refused = (code: string) => ({ code, message: expect.any(String) })

/** What the service centre makes of each answer. */
const meaning: Record<string, (asked: Asked) => unknown> = {
  'CancelBooking: the stay is to come': ({ bookingId }) => ({ bookingId }),
  'CancelBooking: it was cancelled before': ({ bookingId }) => ({ bookingId }),
  'CancelBooking: the stay is over': () => refused('NOT_CANCELABLE'),
  'CancelBooking: there is no such booking': () => refused('NOT_FOUND'),
  'DeleteRoom: the room is on offer': ({ roomId }) => ({ roomId }),
  'DeleteRoom: the room was deleted': ({ roomId }) => ({ roomId }),
  'DeleteRoom: there never was such a room': () => refused('NOT_FOUND'),
}

it.each(callsFrom('servicecenter'))('$callee is asked $operation, and understood: $when', async (call) => {
  await using callee = await answering(call)
  const { log } = createTestLog()
  const service = serviceAt({ name: call.callee, url: callee.url, sign: async () => 'token', log })
  const understood = await ask(service, call)
  expect(understood).toEqual(meaning[`${call.operation}: ${call.when}`]?.(call.variables as Asked))
  expect(callee.asked).toEqual([{ query: call.document, variables: call.variables }])
  await service.part.stop?.()
})
