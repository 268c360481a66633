import type { Announcement } from '@myhotel/contracts/event'
import type { Envelope } from '@myhotel/kit/bus'
import type { Part } from '@myhotel/kit/service'
import { eventually } from '@myhotel/kit/testing'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { type Progress, rebuild } from '../application/rebuild.ts'
import { bookCanceled, booked, histories, paymentApproved, type Stay } from '../views/testing.ts'
import { followEvents } from './event-consumer.ts'
import { createKeeper } from './keeper.ts'
import { createDeadLetters } from './redis-dead-letters.ts'
import { createPageStore } from './redis-page-store.ts'
import { dump, emptyRedis, fold, log, privateBus, published, startOfDay } from './testing.ts'

const { redis } = await emptyRedis(12)
const store = createPageStore(redis)
const deadLetters = createDeadLetters(redis)
const stay: Stay = { bookingId: 'b1', roomId: 'r1', hostId: 'host1', guestId: 'guest1', from: 10 }

let bus: ReturnType<typeof privateBus>
let running: Part[] = []

const world = () => ({ store, streams: bus, deadLetters, startOfDay })

async function run(...parts: Part[]) {
  for (const part of parts) await part.start?.({ check: async () => ({ ready: true, parts: {} }) })
  running.push(...parts)
}

async function publish(announcements: readonly Announcement[]): Promise<Envelope[]> {
  const events = announcements.map((each) => published(each))
  await Promise.all(events.map((event) => bus.publish(event)))
  return events
}

const follow = () =>
  followEvents({ durable: 'mypage', bus, store, deadLetters, startOfDay, onAbsent() {}, log })

const keep = () => createKeeper({ store, deadLetters, rebuild: () => rebuild(world()), log })

/** Histories of so many hotels, none like the other. */
const manyEvents = (hotels: number) =>
  Array.from(
    { length: hotels },
    (_, n) => fc.sample(histories(`hotel${n}-`), { numRuns: 1, seed: n })[0] ?? [],
  ).flat()

const someStays = (name: string) =>
  [1, 2, 3]
    .map((from) => ({ ...stay, bookingId: `${name}${from}`, from }))
    .flatMap((each) => [booked(each), paymentApproved(each), bookCanceled(each)])

const holds = (events: readonly Envelope[]) => async () => {
  expect(await dump(redis)).toEqual(fold(events))
  return true
}

beforeEach(async () => {
  await redis.flushdb()
  bus = privateBus()
  await run(bus)
})

afterEach(async () => {
  for (const part of running.reverse()) await part.stop?.()
  running = []
})

afterAll(() => redis.disconnect())

it('makes the fold of all that was published, and says how far it is', async () => {
  const events = await publish(manyEvents(5))
  const told: Progress[] = []
  expect(await rebuild(world(), { onProgress: (progress) => told.push(progress) })).toEqual({
    kind: 'built',
    events: events.length,
  })
  await holds(events)()
  expect(told.at(-1)).toEqual({ done: events.length, total: events.length })
})

it('serves the old page meanwhile, takes in what happens meanwhile, and removes the old page', async () => {
  const before = await publish(manyEvents(5))
  await rebuild(world())
  await run(follow())
  const old = await redis.get('rm:active')
  let during: Envelope[] = []
  let serving: string | null = null
  const streams = {
    async replay(...[context, onMessage]: Parameters<typeof bus.replay>) {
      if (context === 'book') {
        during = await publish(someStays('meanwhile'))
        await eventually(async () => (await redis.exists(`rm:${old}:booking:meanwhile3`)) === 1)
        serving = await redis.get('rm:active')
      }
      return bus.replay(context, onMessage)
    },
  }
  expect((await rebuild({ ...world(), streams })).kind).toBe('built')
  expect(serving).toBe(old)
  expect(await redis.get('rm:active')).not.toBe(old)
  const after = await publish(someStays('afterwards'))
  await eventually(holds([...before, ...during, ...after]))
  await store.sweep()
  expect(await redis.keys(`rm:${old}:*`)).toEqual([])
  await holds([...before, ...during, ...after])()
})

it('takes in an event that was delivered before the replay came to those before it', async () => {
  const events = await publish([booked(stay)])
  await rebuild(world())
  await run(follow())
  const streams = {
    async replay(...[context, onMessage]: Parameters<typeof bus.replay>) {
      if (context !== 'book') return bus.replay(context, onMessage)
      const [first] = events
      events.push(...(await publish([bookCanceled(stay)])))
      await eventually(async () => (await dump(redis)).records['booking:b1']?.canceledAt)
      // The replay read the end of the stream before the cancellation was stored.
      return onMessage({
        envelope: first!,
        subject: 'book.b1',
        body: '',
        attempt: 1,
        sequence: 1,
        pending: 0,
      })
    },
  }
  await rebuild({ ...world(), streams })
  await holds(events)()
})

it('is done by one at a time', async () => {
  await publish(manyEvents(2))
  const both = await Promise.all([rebuild(world()), rebuild(world())])
  expect(both.map(({ kind }) => kind).sort()).toEqual(['built', 'busy'])
})

it('fails when Redis is emptied meanwhile, and leaves no half page', async () => {
  await publish(manyEvents(2))
  const streams = {
    async replay(...[context, onMessage]: Parameters<typeof bus.replay>) {
      if (context === 'book') await redis.flushdb()
      return bus.replay(context, onMessage)
    },
  }
  await expect(rebuild({ ...world(), streams })).rejects.toThrow('LOST')
  expect(await redis.keys('*')).toEqual([])
})

it('keeps the page when streams lack events that it has, unless told otherwise', async () => {
  const events = await publish([booked(stay), paymentApproved(stay)])
  await rebuild(world())
  const old = await redis.get('rm:active')
  const streams = { replay: async () => 1 }
  expect(await rebuild({ ...world(), streams })).toEqual({ kind: 'incomplete', missing: 2 })
  expect(await redis.get('rm:active')).toBe(old)
  await holds(events)()
  expect((await rebuild({ ...world(), streams }, { acceptMissing: true })).kind).toBe('built')
  await holds([])()
})

it('is right also from a stream to which older events were published anew', async () => {
  const events = await publish([bookCanceled(stay), booked(stay), paymentApproved(stay)])
  await rebuild(world())
  await holds([events[1]!, events[0]!, events[2]!])()
})

it('gives dead letters another try, and keeps those that still cannot be used', async () => {
  const [good, bad] = [booked(stay), paymentApproved(stay)].map((each) => published(each))
  const delivery = { subject: 'x', body: '', attempt: 1, sequence: 1, pending: 0 }
  await deadLetters.bury({ ...delivery, envelope: good! }, 'a bug since mended')
  await deadLetters.bury({ ...delivery, envelope: bad! }, 'no data')
  await bus.publish(good!)
  await bus.publish({ ...bad!, data: {} })
  await rebuild(world())
  await holds([good!])()
  expect(await deadLetters.ids()).toEqual([bad!.id])
})

it('happens by itself where there is no page, also when Redis is emptied while events come', async () => {
  const events = await publish(manyEvents(3))
  const keeper = keep()
  await run(keeper, follow())
  await eventually(holds(events))
  const coming = publish(manyEvents(6).slice(events.length)).then((more) => events.push(...more))
  await redis.flushdb()
  await coming
  await eventually(holds(events))
  await keeper.ready?.()
})

it('happens by itself after a restart of Redis, and when a person asks for dead letters to be tried', async () => {
  const events = await publish(manyEvents(2))
  await run(keep())
  await eventually(holds(events))
  const first = await redis.get('rm:active')
  await redis.hset(`rm:${first}:about`, 'server', 'another run')
  const second = await eventually(async () => {
    const active = await redis.get('rm:active')
    return active !== first && active
  })
  await deadLetters.bury(
    { envelope: events[0]!, subject: 'x', body: '', sequence: 1, pending: 0 },
    'a bug since mended',
  )
  const letter = JSON.parse((await redis.hget('mypage:dead-letters', events[0]!.id)) ?? '')
  const retryRequestedAt = new Date().toISOString()
  await redis.hset('mypage:dead-letters', events[0]!.id, JSON.stringify({ ...letter, retryRequestedAt }))
  await eventually(async () => (await redis.get('rm:active')) !== second)
  await eventually(async () => (await deadLetters.ids()).length === 0)
  await holds(events)()
  await eventually(async () => (await redis.smembers('rm:generations')).length === 1)
})
