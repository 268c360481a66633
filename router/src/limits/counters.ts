import type { Logger } from '@myhotel/kit/logger'
import { connectRedis, createRedis } from '@myhotel/kit/redis'
import type { Part } from '@myhotel/kit/service'
import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible'

/** Redis is near, or of no use for this. */
const commandTimeoutMs = 50
const connectTimeoutMs = 1_000
/** After so many failures in a row Redis is left alone for a while. */
const failures = 3
const leaveAloneMs = 2_000

/** Adds to the count of a client in this window and gives the new one. */
export type Count = (client: string, points: number) => Promise<RateLimiterRes>

/**
 * Counts in fixed windows that begin with a client's first request: in Redis for all routers together, or, where
 * there is none or it is away, in this process. Redis that does not answer costs a few requests a few
 * milliseconds, and the others nothing.
 */
export function createCounters(options: {
  redisUrl: string | undefined
  windowSeconds: number
  log: Logger
}) {
  const { redisUrl, windowSeconds, log } = options
  const redis = redisUrl
    ? createRedis(redisUrl, { commandTimeout: commandTimeoutMs, connectTimeout: connectTimeoutMs })
    : null
  redis?.on('error', (error) => log.debug({ err: error }, 'Redis is away'))
  const circuit = circuitBreaker(handleAll, {
    halfOpenAfter: leaveAloneMs,
    breaker: new ConsecutiveBreaker(failures),
  })
  circuit.onBreak(() => log.warn('rate limits: Redis is away, each router counts for itself'))
  circuit.onReset(() => log.info('rate limits: Redis is back'))

  function create(name: string, limit: number): Count {
    const settings = { points: limit, duration: windowSeconds, keyPrefix: `router:rate:${name}` }
    const here = new RateLimiterMemory(settings)
    if (!redis) return (client, points) => here.penalty(client, points)
    const shared = new RateLimiterRedis({ ...settings, storeClient: redis, rejectIfRedisNotReady: true })
    return async (client, points) => {
      try {
        return await circuit.execute(() => shared.penalty(client, points))
      } catch {
        return here.penalty(client, points)
      }
    }
  }

  return {
    create,
    connections: { redis: redis ? 1 : 0 },
    async start() {
      if (redis) await connectRedis(redis)
    },
    async ready() {
      if (redis && redis.status !== 'ready') throw new Error('counted in each router: Redis is away')
    },
    async stop() {
      redis?.disconnect()
    },
  } satisfies Pick<Part, 'connections' | 'start' | 'ready' | 'stop'> & { create: typeof create }
}
