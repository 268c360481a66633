import type { Logger } from '@myhotel/kit/logger'
import { loop } from '@myhotel/kit/loop'
import type { Part } from '@myhotel/kit/service'
import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose'
import { request } from 'undici'
import { z } from 'zod'

const refreshEveryMs = 5 * 60_000
/**
 * A token that names a key which is not known has the keys fetched again, but not more often than this: nobody
 * makes the router hammer the issuer.
 */
const cooldownMs = 1_000
const timeoutMs = 3_000

/** The issuer's keys could not be had, so that nothing can be said of the token. */
export class IssuerAway extends Error {}

/** The keys of an issuer, kept fresh in the background. */
export type IssuerKeys = Part & {
  /**
   * The key that a token names; nothing but the issuer's own keys is ever taken, whatever else its header offers.
   * @throws IssuerAway, or an error of jose where the issuer has no such key
   */
  readonly keyOf: JWTVerifyGetKey
}

/**
 * The public keys of an OpenID Connect issuer, found by its discovery document. They are fetched at the start, which
 * waits for that, since a router without keys turns away all who are signed in; every few minutes; and at once for a key that
 * is new. While the issuer is away known keys stay good.
 */
export function createIssuerKeys({ issuer, log }: { issuer: string; log: Logger }): IssuerKeys {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined
  const triedOnce = Promise.withResolvers<void>()

  const refresh = loop({
    name: 'keys of the issuer',
    everyMs: refreshEveryMs,
    log,
    async work() {
      try {
        keys ??= createRemoteJWKSet(await discover(issuer), {
          cacheMaxAge: Number.POSITIVE_INFINITY,
          cooldownDuration: cooldownMs,
          timeoutDuration: timeoutMs,
          [customFetch]: fetchSparingly(),
        })
        await keys.reload()
      } finally {
        triedOnce.resolve()
      }
    },
  })

  return {
    name: 'issuer',
    optional: true,
    async start(health) {
      await refresh.start?.(health)
      await triedOnce.promise
    },
    stop: async () => refresh.stop?.(),
    async ready() {
      if (!keys?.jwks()) throw new Error('its keys could not be fetched yet')
    },
    async keyOf(header, token) {
      if (!keys) throw new IssuerAway()
      try {
        return await keys(header, token)
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
          throw error
        throw new IssuerAway(undefined, { cause: error })
      }
    },
  }
}

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() })

/**
 * Where the issuer publishes its keys. Its document must name it exactly as its tokens do, and keys of an issuer that
 * is reached by TLS are, too.
 */
async function discover(issuer: string): Promise<URL> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const signal = AbortSignal.timeout(timeoutMs)
  const { statusCode, body } = await request(address, { signal })
  if (statusCode !== 200) {
    await body.dump()
    throw new Error(`${address} answers ${statusCode}`)
  }
  const document = discoveryDocument.parse(await body.json())
  if (document.issuer !== issuer) throw new Error(`${address} is of another issuer, ${document.issuer}`)
  const keys = new URL(document.jwks_uri)
  if (issuer.startsWith('https:') && keys.protocol !== 'https:')
    throw new Error(`${address} has its keys at ${keys}, without TLS`)
  return keys
}

/** Fetches; after a failure the next attempt fails at once until the cooldown is over. */
function fetchSparingly(): FetchImplementation {
  let failedAt = Number.NEGATIVE_INFINITY
  return async (url, options) => {
    if (performance.now() - failedAt < cooldownMs) throw new Error('tried in vain a moment ago')
    try {
      const response = await fetch(url, options)
      if (response.status === 200) return response
      await response.body?.cancel()
      throw new Error(`${url} answers ${response.status}`)
    } catch (error) {
      failedAt = performance.now()
      throw error
    }
  }
}
