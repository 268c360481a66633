import type { RedisOptions } from 'ioredis'

/**
 * What a REDIS_URL says, as the client library takes it: `redis://user:password@host:6379/0`, `rediss://…` for TLS. With
 * Sentinel the sentinels stand in place of the server, and the name that they know the master by follows:
 * `redis+sentinel://user:password@one:26379,two:26379,three:26379/0?master=myhotel` (`rediss+sentinel://…` for TLS;
 * `&sentinelPassword=…` where they want one of their own).
 * @throws in a sentence, without the password, where the text is neither
 */
export function readRedisUrl(url: string): RedisOptions {
  const found = /^(rediss?)(\+sentinel)?:\/\/(?:([^@/]*)@)?([^/?@]+)(?:\/(\d*))?(?:\?(.*))?$/.exec(url)
  const [, scheme, withSentinels, credentials = '', hosts = '', database, query] = found ?? []
  const given = new URLSearchParams(query)
  const addresses = hosts.split(',').map((host) => toAddress(host, withSentinels ? 26_379 : 6_379))
  const [first, ...more] = addresses
  if (!found || !first || addresses.includes(null) || (more.length > 0 && !withSentinels)) {
    throw new Error(
      `REDIS_URL is no address of a Redis (redis://host:6379) or of sentinels (redis+sentinel://…?master=…)`,
    )
  }
  const [username, password] = credentials.split(':').map(decodeURIComponent)
  const common = { ...(username && { username }), ...(password && { password }), db: Number(database ?? 0) }
  const tls = scheme === 'rediss' ? {} : undefined
  if (!withSentinels) return { ...common, ...first, ...(tls && { tls }) }
  const name = given.get('master')
  if (!name) throw new Error('REDIS_URL names sentinels and not the master that they know: add ?master=NAME')
  const sentinelPassword = given.get('sentinelPassword')
  return {
    ...common,
    sentinels: addresses.filter((address) => address !== null),
    name,
    ...(sentinelPassword && { sentinelPassword }),
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
    // They tell of a new master at once; a client that heard of it by its lost connection alone might never lose one to
    // a machine that is gone.
    failoverDetector: true,
    sentinelRetryStrategy: (times) => Math.min(1_000, 50 * times),
  }
}

function toAddress(host: string, defaultPort: number): { host: string; port: number } | null {
  const full = `redis://${host}`
  if (!URL.canParse(full)) return null
  const { hostname, port } = new URL(full)
  return hostname ? { host: hostname.replace(/^\[|\]$/g, ''), port: port ? Number(port) : defaultPort } : null
}
