import { isIP, type LookupFunction } from 'node:net'
import { Pool } from 'undici'
import { type Addresses, followAddresses, type Lookup, lookupBySystem } from './addresses.ts'
import { type Breaker, NotAsked } from './breaker.ts'
import { connectionMaxAgeMs, splitAlternatives } from './env.ts'
import { wasNeverSent } from './never-sent.ts'

/** One process of a service, by its own connections. */
export type Replica = {
  /** For logs: `room:4000`, or `room-pods:4000 at 10.0.0.7`. */
  readonly name: string
  readonly pool: Pool
  /** The path of its URL, before `/graphql` and others. */
  readonly base: string
}

/** A replica, the breakers before it, and how many calls are under way. */
type Member<Kind extends string> = Replica & { readonly breakers: Record<Kind, Breaker>; busy: number }

/** The replicas of one URL, and where to call while its name has no address. */
type Group<Kind extends string> = {
  readonly members: Map<string, Member<Kind>>
  readonly instead: Member<Kind> | null
}

/** All replicas of one service. */
export type Replicas<Kind extends string> = {
  /** Those that are there now. */
  all(): Promise<readonly Replica[]>
  /**
   * Calls the least busy replica. If its circuit breaker is open, or if nothing could be sent to it, the next one is
   * called. With `insist`, replicas are called despite open breakers if no other is left. `mayGoOn` says after which
   * failures besides the next one is called, for calls that may be made twice.
   * @throws NotAsked if there is no replica or all breakers are open, NeverSent if none could be reached, or what `call`
   * throws
   */
  ask<Result>(
    kind: Kind,
    call: (replica: Replica) => Promise<Result>,
    options?: { insist?: boolean; mayGoOn?: (error: unknown) => boolean },
  ): Promise<Result>
  /** Resolves when calls in flight have ended. */
  close(): Promise<void>
}

/**
 * Balances calls over the replicas of a service: one for each URL, or one for each address if the URL's name resolves to
 * several. Names are resolved again every two seconds, so new replicas get their share and removed ones get no more
 * calls; calls in flight finish. Each replica has its own connections, which are replaced after `maxAgeMs`, and its own
 * circuit breakers, one for each kind of call.
 */
export function createReplicas<Kind extends string>(options: {
  /**
   * Base URLs. `http://room-pods:4000|http://room:4000` calls the second while the name of the first has no address: name
   * servers remember for seconds that there was none, and a service that was away is called as soon as it is back.
   */
  urls: readonly string[]
  kinds: readonly Kind[]
  breakerFor: (replica: Replica, kind: Kind) => Breaker
  /** At most so many to each replica. */
  connections: number
  connectTimeoutMs: number
  maxAgeMs?: number | undefined
  lookup?: Lookup | undefined
  /** Called with the names of all replicas when those of a host name have changed. */
  onChange?: (replicas: readonly string[]) => void
}): Replicas<Kind> {
  const { kinds, lookup = lookupBySystem } = options
  const leaving = new Set<Promise<void>>()
  const followed: Addresses[] = []
  const groups = options.urls.map((text) => {
    const [named = '', instead] = splitAlternatives(text)
    const url = new URL(named)
    const group: Group<Kind> = {
      members: new Map(),
      instead: instead ? join(new URL(instead), undefined) : null,
    }
    // Brackets are how URLs write addresses of IPv6.
    const hostname = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(hostname)) group.members.set(hostname, join(url, undefined))
    else followed.push(followAddresses(hostname, lookup, (replicas) => follow(url, group, replicas)))
    return group
  })
  let members: Member<Kind>[] = groups.flatMap((group) => [...group.members.values()])
  let turn = 0
  const known = Promise.all(followed.map(({ known }) => known)).then(gather)

  function gather() {
    members = groups.flatMap(({ members, instead }) =>
      members.size === 0 && instead ? [instead] : [...members.values()],
    )
  }

  function join(url: URL, addresses: readonly string[] | undefined): Member<Kind> {
    const pool = openPool(url, addresses, options)
    const base = url.pathname.replace(/\/$/, '')
    const replica = { name: addresses ? `${url.host} at ${addresses.join(' or ')}` : url.host, pool, base }
    const breakers = Object.fromEntries(kinds.map((kind) => [kind, options.breakerFor(replica, kind)]))
    return { ...replica, breakers: breakers as Record<Kind, Breaker>, busy: 0 }
  }

  function follow(url: URL, group: Group<Kind>, replicas: readonly (readonly string[])[]) {
    const now = new Set(replicas.map(String))
    for (const addresses of replicas) {
      const key = String(addresses)
      if (!group.members.has(key)) group.members.set(key, join(url, addresses))
    }
    for (const [key, member] of group.members) {
      if (now.has(key)) continue
      group.members.delete(key)
      leave(member)
    }
    gather()
    options.onChange?.(members.map(({ name }) => name))
  }

  function leave({ breakers, pool }: Member<Kind>) {
    for (const kind of kinds) breakers[kind].stop()
    const left = pool.close().finally(() => leaving.delete(left))
    leaving.add(left)
  }

  /** The least busy replica, those with a closed breaker first. Equally busy ones take turns. */
  function choose(kind: Kind, tried: ReadonlySet<Replica> | undefined): Member<Kind> | undefined {
    let chosen: Member<Kind> | undefined
    let admits = false
    turn = turn + 1 < members.length ? turn + 1 : 0
    for (let index = 0; index < members.length; index += 1) {
      const member = members[(turn + index) % members.length] as Member<Kind>
      if (tried?.has(member)) continue
      const isAdmitted = member.breakers[kind].admits()
      if (chosen && (isAdmitted === admits ? member.busy >= chosen.busy : admits)) continue
      chosen = member
      admits = isAdmitted
    }
    return chosen
  }

  async function all() {
    if (members.length === 0) await known
    return members
  }

  return {
    all,
    async ask(kind, call, { insist = false, mayGoOn } = {}) {
      let tried: Set<Replica> | undefined
      let failure: unknown
      if (members.length === 0) await all()
      for (;;) {
        const member = choose(kind, tried)
        if (!member) throw failure ?? new NotAsked('no address is known')
        const breaker = member.breakers[kind]
        member.busy += 1
        try {
          return insist && !breaker.admits() ? await call(member) : await breaker.run(() => call(member))
        } catch (error) {
          const wasRefused = wasNeverSent(error)
          if (!wasRefused && !(error instanceof NotAsked) && !mayGoOn?.(error)) throw error
          if (wasRefused) for (const addresses of followed) addresses.doubt()
          failure = error
          tried ??= new Set()
          tried.add(member)
        } finally {
          member.busy -= 1
        }
      }
    },
    async close() {
      for (const addresses of followed) addresses.stop()
      members = []
      for (const { members, instead } of groups) {
        for (const member of members.values()) leave(member)
        if (instead) leave(instead)
      }
      await Promise.all(leaving)
    },
  }
}

/** Connects to these addresses only. `host` and TLS use the name of the URL. */
function openPool(
  url: URL,
  addresses: readonly string[] | undefined,
  options: { connections: number; connectTimeoutMs: number; maxAgeMs?: number | undefined },
): Pool {
  const { maxAgeMs = connectionMaxAgeMs } = options
  return new Pool(url.origin, {
    connections: options.connections,
    connect: { timeout: options.connectTimeoutMs, ...(addresses && { lookup: lookupIn(addresses) }) },
    // Each request has its own timer.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    // Jitter: callers should not all reconnect at the same moment.
    clientTtl: maxAgeMs * (0.8 + Math.random() * 0.2),
  })
}

const lookupIn =
  (addresses: readonly string[]): LookupFunction =>
  (_hostname, { all }, callback) => {
    const found = addresses.map((address) => ({ address, family: isIP(address) }))
    const [one] = found
    if (all) callback(null, found)
    else if (one) callback(null, one.address, one.family)
  }
