import { createLogger } from '@myhotel/kit/logger'
import { createTestIdentities, eventually } from '@myhotel/kit/testing'
import { freePort } from '@myhotel/kit/testing-subgraph'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bookClient } from './book-client.ts'
import { roomClient } from './room-client.ts'
import { serviceAt } from './service-call.ts'
import { standIn } from './testing-stand-in.ts'

const log = createLogger('servicecenter', 'silent')
const limits = { timeoutMs: 1_000, retryAfterMs: 1_000, concurrent: 8 }
const health = { check: async () => ({ ready: true, parts: {} }) }
const asked = { agentId: 'agent1', reason: 'The guest is ill.' }
const bookingId = '0190a000-0000-7000-8000-000000000001'
const roomId = '0190a000-0000-7000-8000-000000000002'

/** A service of this name, how it answers, and what reached it. */
async function serve(name: 'book' | 'room', field: string) {
  const identities = await createTestIdentities('servicecenter')
  const port = await freePort()
  const calls: unknown[] = []
  let answer: () => unknown = () => {
    throw new Error('no answer was set')
  }
  const mutation = {
    [field]: (_: unknown, args: unknown, { caller }: { caller: unknown }) => {
      calls.push({ args, caller })
      return answer()
    },
  }
  const server = standIn({ name, port, keys: identities.keys, mutation })
  const sign = identities.signer('servicecenter')
  const service = serviceAt({ name, url: `http://127.0.0.1:${port}`, sign, log }, limits)
  let isUp = false
  return {
    service,
    calls,
    async start() {
      await server.start?.(health)
      isUp = true
    },
    async stop() {
      if (isUp) await server.stop?.()
    },
    answers: (give: () => unknown) => {
      answer = give
    },
  }
}

let book: Awaited<ReturnType<typeof serve>>
let room: Awaited<ReturnType<typeof serve>>
const cancel = () => bookClient(book.service).cancel({ ...asked, bookingId })
const remove = () => roomClient(room.service).delete({ ...asked, roomId })

beforeEach(async () => {
  book = await serve('book', 'cancelBookingForServiceCenter')
  room = await serve('room', 'deleteRoomForServiceCenter')
})

afterEach(async () => {
  await Promise.all([book, room].flatMap(({ service, stop }) => [service.part.stop?.(), stop()]))
})

describe('what the other service answers', () => {
  beforeEach(() => Promise.all([book.start(), room.start()]))

  it('is a cancelled booking, asked for in our own name and the agent’s', async () => {
    book.answers(() => ({ __typename: 'BookingCanceled', booking: { id: bookingId } }))
    expect(await cancel()).toEqual({ bookingId })
    const caller = { subject: null, roles: ['service'], issuer: 'servicecenter' }
    expect(book.calls).toEqual([{ args: { bookingId, ...asked }, caller }])
  })

  it('is a deleted room', async () => {
    room.answers(() => ({ __typename: 'RoomDeleted', roomId }))
    expect(await remove()).toEqual({ roomId })
    expect(room.calls).toMatchObject([{ args: { roomId, ...asked } }])
  })

  it.each([
    ['NotFound', { code: 'NOT_FOUND' }],
    ['Forbidden', { code: 'FORBIDDEN' }],
    ['NotCancelable', { code: 'NOT_CANCELABLE' }],
    ['ServiceUnavailable', { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 7 }],
  ])('is passed on from book: %s', async (__typename, refusal) => {
    book.answers(() => ({ __typename, message: 'no', ...refusal }))
    expect(await cancel()).toEqual({ message: 'no', ...refusal })
  })

  it.each([
    ['NotFound', { code: 'NOT_FOUND' }],
    ['Forbidden', { code: 'FORBIDDEN' }],
    ['UpcomingBookings', { code: 'UPCOMING_BOOKINGS', count: 3 }],
    ['ServiceUnavailable', { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 7 }],
  ])('is passed on from room: %s', async (__typename, refusal) => {
    room.answers(() => ({ __typename, message: 'no', ...refusal }))
    expect(await remove()).toEqual({ message: 'no', ...refusal })
  })
})

describe('a service that does not answer', () => {
  const unavailable = { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 }

  it('is told as unavailable, and that nothing was done, where it is down', async () => {
    expect(await cancel()).toMatchObject({
      ...unavailable,
      message: expect.stringContaining('nothing was done'),
    })
  })

  it.each([
    ['does not come to an end', () => new Promise(() => {})],
    ['fails', () => Promise.reject(new Error('broken'))],
  ])('is told as unavailable, and that it may have been done, where it %s', async (_, answer) => {
    await book.start()
    book.answers(answer)
    const refusal = { ...unavailable, message: expect.stringContaining('may have been done') }
    expect(await cancel()).toMatchObject(refusal)
  })

  it('is not asked while it keeps failing, and asked again when it has had time', async () => {
    await book.start()
    book.answers(() => Promise.reject(new Error('broken')))
    for (let call = 1; call <= 6; call += 1) await cancel()
    const before = book.calls.length
    expect(before).toBeLessThan(6)
    book.answers(() => ({ __typename: 'BookingCanceled', booking: { id: bookingId } }))
    expect(await cancel()).toMatchObject({
      ...unavailable,
      message: expect.stringContaining('nothing was done'),
    })
    expect(book.calls).toHaveLength(before)
    expect(await eventually(async () => 'bookingId' in (await cancel()))).toBe(true)
  })

  it('takes no call from the other service away', async () => {
    await room.start()
    room.answers(() => ({ __typename: 'RoomDeleted', roomId }))
    for (let call = 1; call <= 6; call += 1) await cancel()
    expect(await remove()).toEqual({ roomId })
  })
})
