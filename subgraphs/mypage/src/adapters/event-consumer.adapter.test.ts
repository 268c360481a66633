import type { Announcement } from '@myhotel/contracts/event'
import type { Bus, Envelope, Verdict } from '@myhotel/kit/bus'
import type { Part } from '@myhotel/kit/service'
import { createPostman, eventually } from '@myhotel/kit/testing'
import fc from 'fast-check'
import { afterAll, beforeEach, expect, it } from 'vitest'
import {
  bookCanceled,
  booked,
  histories,
  paymentApproved,
  paymentCanceled,
  type Stay,
  shuffled,
} from '../views/testing.ts'
import { followEvents } from './event-consumer.ts'
import { createDeadLetters } from './redis-dead-letters.ts'
import { createPageStore } from './redis-page-store.ts'
import { dump, emptyRedis, fold, log, privateBus, published, startOfDay } from './testing.ts'

const { redis } = await emptyRedis(11)
const store = createPageStore(redis)
const deadLetters = createDeadLetters(redis)
const stay: Stay = { bookingId: 'b1', roomId: 'r1', hostId: 'host1', guestId: 'guest1', from: 10 }

const follow = (bus: Bus, onAbsent = () => {}) =>
  followEvents({ durable: 'mypage', bus, store, deadLetters, startOfDay, onAbsent, log })

const toEvents = (announcements: readonly Announcement[]) => announcements.map((each) => published(each))

/** As JetStream does, until each event has been taken. */
async function deliverAll(events: readonly Envelope[], deliver: (event: Envelope) => Promise<Verdict[]>) {
  for (let waiting = events; waiting.length > 0; ) {
    const verdicts = await Promise.all(waiting.map(deliver))
    waiting = waiting.filter((_, index) => verdicts[index]?.[0] !== 'done')
  }
}

beforeEach(async () => {
  await redis.flushdb()
  await (await store.begin())?.activate()
})

afterAll(() => redis.disconnect())

it('makes the fold of the events of any order, also within an aggregate, and of double delivery', async () => {
  const deliveries = histories().chain((history) =>
    fc.tuple(fc.constant(history), shuffled([...history, ...history].map((event) => [event]))),
  )
  await fc.assert(
    fc.asyncProperty(deliveries, async ([history, order]) => {
      await redis.flushdb()
      await (await store.begin())?.activate()
      const postman = createPostman()
      follow(postman.bus)
      await deliverAll(toEvents(order), (event) => postman.deliver(event))
      expect(await dump(redis)).toEqual(fold(toEvents(history)))
    }),
    { numRuns: 50 },
  )
})

it('asks for an early event again, then sets it aside until the missing one comes', async () => {
  const postman = createPostman()
  follow(postman.bus)
  const events = toEvents([booked(stay), bookCanceled(stay)])
  expect(await postman.deliver(events[1]!)).toEqual([{ retryAfterMs: 100 }])
  expect(await postman.deliver(events[1]!, 6)).toEqual(['done'])
  expect((await dump(redis)).records).toEqual({})
  expect(await postman.deliver(events[0]!)).toEqual(['done'])
  expect(await dump(redis)).toEqual(fold(events))
  expect(await redis.keys('*early*')).toEqual([])
})

it('keeps what it cannot use as a dead letter and lets later events of the aggregate pass', async () => {
  const postman = createPostman()
  follow(postman.bus)
  const events = toEvents([paymentApproved(stay), paymentCanceled(stay)])
  expect(await postman.deliver({ ...events[0]!, data: { paymentId: 7 } })).toEqual(['unusable'])
  expect(await postman.deliver(events[1]!)).toEqual(['done'])
  expect(await dump(redis)).toEqual(fold(events.slice(1)))
  expect(await deadLetters.ids()).toEqual(['payment.payment-b1:1'])
})

it('gives an event back while there is nowhere to apply it, whatever the number of attempts', async () => {
  const postman = createPostman()
  const { redis: closed } = await emptyRedis(11)
  closed.disconnect()
  const away = { store: createPageStore(closed), deadLetters: createDeadLetters(closed) }
  followEvents({ durable: 'mypage', bus: postman.bus, ...away, startOfDay, onAbsent() {}, log })
  const [event] = toEvents([booked(stay)])
  expect(await postman.deliver(event!, 1)).toEqual([{ retryAfterMs: 200 }])
  expect(await postman.deliver(event!, 50)).toEqual([{ retryAfterMs: 30_000 }])
})

it('writes nothing where there is no page, and says so', async () => {
  await redis.flushdb()
  const postman = createPostman()
  let absent = 0
  follow(postman.bus, () => {
    absent += 1
  })
  const [event] = toEvents([booked(stay)])
  expect(await postman.deliver(event!)).toEqual(['done'])
  expect(absent).toBe(1)
  expect(await redis.keys('*')).toEqual([])
})

it('shares the work between replicas, no event twice and none left out', async () => {
  const buses = [privateBus()]
  buses.push(privateBus(buses[0]!.prefix))
  const parts: Part[] = [...buses, ...buses.map((bus) => follow(bus))]
  for (const part of parts) await part.start?.({ check: async () => ({ ready: true, parts: {} }) })
  const stays = Array.from({ length: 40 }, (_, n) => ({ ...stay, bookingId: `b${n}`, from: n }))
  const events = toEvents(stays.flatMap((each) => [booked(each), bookCanceled(each), paymentApproved(each)]))
  await Promise.all(events.map((event) => buses[0]!.publish(event)))
  await eventually(async () => {
    expect(await dump(redis)).toEqual(fold(events))
    return true
  })
  for (const part of parts.reverse()) await part.stop?.()
})

it('takes in a stream that was published anew in another order', async () => {
  const room = { ...stay, bookingId: 'b2' }
  const postman = createPostman()
  follow(postman.bus)
  const events = toEvents([booked(stay), bookCanceled(stay), booked(room), bookCanceled(room)])
  await deliverAll([events[0]!], (event) => postman.deliver(event))
  // The stream is lost before the others arrive; what is new comes first, then all from the outbox.
  await deliverAll([events[3]!], (event) => postman.deliver(event, 6))
  await deliverAll(events, (event) => postman.deliver(event))
  expect(await dump(redis)).toEqual(fold(events))
})
