import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createBus } from '@myhotel/kit/bus'
import { withFailpoints } from '@myhotel/kit/failpoint'
import type { Logger } from '@myhotel/kit/logger'
import { countRefusals } from '@myhotel/kit/refusals'
import { subgraphServer } from '@myhotel/kit/serve'
import type { Part } from '@myhotel/kit/service'
import { survey } from '@myhotel/kit/survey'
import { withSpans } from '@myhotel/kit/tracing'
import { tellDeadLetters } from '@myhotel/kit/work'
import { instantAt } from '@myhotel/kit/zone'
import { followEvents } from './adapters/event-consumer.ts'
import { resolvers } from './adapters/graphql.ts'
import { createKeeper } from './adapters/keeper.ts'
import { policy } from './adapters/policy.ts'
import { createRedis, redisPart } from './adapters/redis.ts'
import { createDeadLetters } from './adapters/redis-dead-letters.ts'
import { createPageStore } from './adapters/redis-page-store.ts'
import { createPages } from './adapters/redis-pages.ts'
import { rebuild } from './application/rebuild.ts'
import type { Env, RebuildEnv } from './env.ts'

const startOfDay = (date: string, timeZone: string) => instantAt(date, '00:00', timeZone).getTime()
const redisSpans = { attributes: { 'db.system.name': 'redis' } }
const clock = { now: () => Date.now(), pause: (ms: number) => pause(ms) }

/** Puts My Page together. Its parts start in this order and stop in the reverse one. */
export function compose(env: Env, log: Logger): Part[] {
  const writing = assemble(env, log)
  const { bus, store, deadLetters } = writing
  // Reading has a connection of its own: a page never waits behind a batch of events.
  const reading = createRedis(env.REDIS_URL, { commandTimeoutMs: 2_000 })
  const keeper = createKeeper({
    store,
    deadLetters,
    rebuild: (onProgress) => rebuild(writing, { onProgress }),
    log,
  })
  const found = createPages(reading, () => keeper.wake())
  const pages = withSpans('redis', found, ['progress', 'count', 'bookings', 'rooms'], redisSpans)
  const dead = survey(async () => (await deadLetters.ids()).length)
  tellDeadLetters(async () => {
    const count = await dead()
    return count === undefined ? [] : [[count, { consumer: 'mypage' }]]
  })
  // There is no outbox here, and nothing to refuse to a user: the page is the own one.
  const refusals = countRefusals(log)
  const server = subgraphServer({
    name: 'mypage',
    schemaFile: fileURLToPath(new URL('../schema.graphql', import.meta.url)),
    resolvers: resolvers(pages, clock),
    policy,
    onRefused: refusals.note,
    keys: env.IDENTITY_KEYS,
    port: env.PORT,
    host: env.HOST,
    maxAgeMs: env.CONNECTION_MAX_AGE_MS,
    log,
  })
  const events = followEvents({
    durable: 'mypage',
    bus,
    store,
    deadLetters,
    startOfDay,
    onAbsent: () => keeper.wake(),
    log,
  })
  // Pages are read without NATS; while it is away they only grow old, which `asOf` tells.
  return [
    redisPart('redis', reading, log),
    redisPart('redis for events', writing.redis, log),
    { ...bus, optional: true },
    refusals,
    server,
    keeper,
    events,
  ]
}

/** What a rebuild by hand needs; the parts start in this order and stop in the reverse one. */
export function composeRebuild(env: RebuildEnv, log: Logger) {
  const world = assemble(env, log)
  return { world, parts: [redisPart('redis', world.redis, log), world.bus] }
}

function assemble(env: RebuildEnv, log: Logger) {
  const redis = createRedis(env.REDIS_URL, { commandTimeoutMs: 20_000 })
  const bus = createBus({ url: env.NATS_URL, replicas: env.NATS_REPLICAS, name: 'mypage', log })
  const store = withFailpoints('store', withSpans('redis', createPageStore(redis), ['apply'], redisSpans))
  const deadLetters = createDeadLetters(redis)
  return { redis, bus, store, streams: bus, deadLetters, startOfDay }
}
