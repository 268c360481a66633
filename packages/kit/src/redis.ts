import { setTimeout as delay } from 'node:timers/promises'
import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from './logger.ts'
import { readRedisUrl } from './redis-url.ts'

/** How a client behaves, beyond what the URL says. */
export type RedisBehaviour = Pick<RedisOptions, 'commandTimeout' | 'connectTimeout' | 'scripts'>

/**
 * A connection to Redis, to be made by `connect`; commands of one tick travel together. While Redis is away, commands fail
 * at once instead of waiting, also those that were under way: the caller decides what then. A server that has become a
 * replica is left for the one that is the master now.
 */
export function createRedis(url: string, behaviour: RedisBehaviour): Redis {
  return new Redis({
    ...readRedisUrl(url),
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: true,
    retryStrategy: (times) => Math.min(1_000, 50 * times),
    reconnectOnError: (error) => /^(READONLY|MASTERDOWN|LOADING)\b/.test(error.message),
    ...behaviour,
  })
}

/**
 * Says to `log` where a Redis forgets what it was told when its memory is full: a read model would have holes that nobody
 * notices. It has to refuse instead (`maxmemory-policy noeviction`).
 */
export async function warnOfEviction(redis: Redis, log: Logger): Promise<void> {
  const memory = await redis.info('memory')
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1]
  const limit = Number(/^maxmemory:(\d+)/m.exec(memory)?.[1])
  if (policy === 'noeviction' || policy === undefined) return
  log.error(
    { policy, limit },
    `Redis forgets keys when its memory is full (maxmemory-policy ${policy}): what is kept there would have holes. Set noeviction.`,
  )
}

/** Connects in the background and for ever; resolves when that is done, or has taken too long to be waited for. */
export async function connectRedis(redis: Redis): Promise<void> {
  const connected = redis.connect().catch(() => undefined)
  await Promise.race([connected, delay(waitForRedisMs, undefined, { ref: false })])
}

/** A client of sentinels goes on asking them until one answers. */
const waitForRedisMs = 2_000
