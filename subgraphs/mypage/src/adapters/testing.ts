import { randomBytes } from 'node:crypto'
import type { Announcement } from '@myhotel/contracts/event'
import { type Bus, createBus, type Delivery, type Envelope } from '@myhotel/kit/bus'
import { createLogger } from '@myhotel/kit/logger'
import { asEvent, testService } from '@myhotel/kit/testing'
import { instantAt } from '@myhotel/kit/zone'
import type { Redis } from 'ioredis'
import { type Event, emptyView, project, type View } from '../views/project.ts'
import { createRedis } from './redis.ts'

export const log = createLogger('mypage-test', 'silent')
export const startOfDay = (date: string, timeZone: string) => instantAt(date, '00:00', timeZone).getTime()

/** An event at a time of its own. */
export const published = (announcement: Announcement, time = new Date()): Envelope => ({
  ...asEvent(announcement),
  time: time.toISOString(),
})

/** What the page must hold after these events. */
export const fold = (events: readonly Event[]): View =>
  events.reduce((view, event) => project(view, event, startOfDay), emptyView)

/** What the active generation in Redis holds. */
export async function dump(redis: Redis): Promise<View> {
  const prefix = `rm:${await redis.get('rm:active')}:`
  const records: Record<string, Record<string, string>> = {}
  const lists: Record<string, Record<string, number>> = {}
  for (const key of await redis.keys(`${prefix}*`)) {
    const name = key.slice(prefix.length)
    if (/^(about$|versions$|early:)/.test(name)) continue
    if ((await redis.type(key)) === 'hash') records[name] = await redis.hgetall(key)
    else lists[name] = toScores(await redis.zrange(key, '0', '-1', 'WITHSCORES'))
  }
  return { records, lists }
}

function toScores(flat: readonly string[]): Record<string, number> {
  const ids = flat.filter((_, index) => index % 2 === 0)
  return Object.fromEntries(ids.map((id, index) => [id, Number(flat[2 * index + 1])]))
}

/** An empty database of the tests' Redis; each test file has a number of its own. */
export async function emptyRedis(database: number): Promise<{ url: string; redis: Redis }> {
  const url = new URL(testService('REDIS'))
  url.pathname = `/${database}`
  const redis = createRedis(url.href, { commandTimeoutMs: 10_000 })
  await redis.connect()
  await redis.flushdb()
  return { url: url.href, redis }
}

/**
 * The tests' real NATS with streams that nobody else uses: contexts get a prefix on their way in and lose it on
 * their way out.
 */
export function privateBus(name = `t${randomBytes(4).toString('hex')}_`): Bus & { readonly prefix: string } {
  const bus = createBus({ url: testService('NATS'), replicas: 1, name: 'mypage-test', log })
  const inside = ({ id, context, ...event }: Envelope): Envelope => ({
    ...event,
    id: name + id,
    context: name + context,
  })
  const outside = (delivery: Delivery): Delivery => ({
    ...delivery,
    subject: delivery.subject.slice(name.length),
    envelope: delivery.envelope && {
      ...delivery.envelope,
      id: delivery.envelope.id.slice(name.length),
      context: delivery.envelope.context.slice(name.length),
    },
  })
  return {
    ...bus,
    prefix: name,
    publish: (event) => bus.publish(inside(event)),
    consume: (consumption) =>
      bus.consume({
        ...consumption,
        context: name + consumption.context,
        handle: (delivery) => consumption.handle(outside(delivery)),
      }),
    replay: (context, onEvent, from) =>
      bus.replay(name + context, (delivery) => onEvent(outside(delivery)), from),
    remove: (context) => bus.remove(name + context),
  }
}
