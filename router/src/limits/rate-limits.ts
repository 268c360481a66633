import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { LRUCache } from 'lru-cache'
import { createCounters } from './counters.ts'

/** What a client may still do in this window, by one policy. */
export type Quota = {
  readonly policy: string
  readonly limit: number
  readonly windowSeconds: number
  readonly remaining: number
  readonly endsAt: number
  /** This request was one too many. */
  readonly exceeded: boolean
}

/** Null where there is no limit; a promise only where Redis has to be asked. */
type Counted = Quota | null | Promise<Quota>

/** Counts requests and mutations of users, and of addresses for those who do not say who they are. */
export type RateLimits = Part & {
  /** Counts a request of `client`, `user:<subject>` or `address:<address>`. */
  requests(client: string): Counted
  mutations(client: string, count: number): Counted
}

/** In each process, of one policy. */
const mostClients = 100_000
/**
 * This part of what a client may still do is counted in the process before Redis is told: far from the limit
 * hardly any request asks Redis, close to it each one does. So much, for each further router, a client may exceed it.
 */
const aheadOfRedis = 1 / 20

export function createRateLimits(options: {
  redisUrl: string | undefined
  windowSeconds: number
  /** Requests and mutations a window; 0 is no limit. */
  perUser: number
  perAddress: number
  mutations: number
  log: Logger
}): RateLimits {
  const counters = createCounters(options)
  const policy = (name: string, limit: number) =>
    limit === 0 ? () => null : createPolicy({ ...options, name, limit, count: counters.create(name, limit) })
  const users = policy('user', options.perUser)
  const addresses = policy('address', options.perAddress)
  const mutations = policy('mutations', options.mutations)
  return {
    name: 'rate limits',
    optional: true,
    connections: counters.connections,
    start: counters.start,
    ready: counters.ready,
    stop: counters.stop,
    requests: (client) => (client.startsWith('user:') ? users : addresses)(client, 1),
    mutations,
  }
}

/** What this process knows of a client: what all routers had counted when it last asked, and what came since. */
type Known = { counted: number; since: number; ahead: number; endsAt: number }

function createPolicy(options: {
  name: string
  limit: number
  windowSeconds: number
  count: (client: string, points: number) => Promise<{ consumedPoints: number; msBeforeNext: number }>
}) {
  const { name, limit, windowSeconds } = options
  const clients = new LRUCache<string, Known>({ max: mostClients })
  const quota = ({ counted, since, endsAt }: Known): Quota => {
    const used = counted + since
    const remaining = Math.max(0, limit - used)
    return { policy: name, limit, windowSeconds, remaining, endsAt, exceeded: used > limit }
  }

  async function ask(client: string, points: number, known: Known | undefined): Promise<Quota> {
    const toTell = (known?.since ?? 0) + points
    if (known) known.since = 0
    const { consumedPoints, msBeforeNext } = await options.count(client, toTell)
    const endsAt = Date.now() + msBeforeNext
    const ahead = Math.floor((limit - consumedPoints) * aheadOfRedis)
    const now: Known = { counted: consumedPoints, since: known?.since ?? 0, ahead, endsAt }
    clients.set(client, now)
    return quota(now)
  }

  return (client: string, points: number): Quota | Promise<Quota> => {
    const known = clients.get(client)
    if (!known || known.endsAt <= Date.now()) return ask(client, points, undefined)
    const full = known.counted >= limit
    if (!full && known.since + points > known.ahead) return ask(client, points, known)
    known.since += points
    return quota(known)
  }
}

/** Seconds after which a request is let in again. */
export const secondsUntilFree = ({ endsAt }: Quota) => Math.max(1, Math.ceil((endsAt - Date.now()) / 1000))

/** The fields RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-10. */
export function rateHeaders(quotas: readonly Quota[]): Record<string, string> {
  if (quotas.length === 0) return {}
  const now = quotas.map((quota) => `"${quota.policy}";r=${quota.remaining};t=${secondsUntilFree(quota)}`)
  const policies = quotas.map(
    ({ policy, limit, windowSeconds }) => `"${policy}";q=${limit};w=${windowSeconds}`,
  )
  return { ratelimit: now.join(', '), 'ratelimit-policy': policies.join(', ') }
}
