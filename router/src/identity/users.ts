import type { Logger } from '@myhotel/kit/logger'
import { loop } from '@myhotel/kit/loop'
import type { Part } from '@myhotel/kit/service'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { request } from 'undici'
import { z } from 'zod'

/** Who asks: a signed-in user with roles of ours, or nobody in particular. */
export type User = { readonly subject: string | null; readonly roles: readonly string[] }

/** Why a request is not let in. */
export type Refusal = {
  readonly status: 401 | 503
  readonly code: 'UNAUTHENTICATED' | 'SERVICE_UNAVAILABLE'
  readonly message: string
  readonly headers: Record<string, string>
}

const anonymous: User = { subject: null, roles: [] }
/** Whatever else an issuer calls a role means nothing here; above all nobody from outside is a `service`. */
const ourRoles = new Set(['guest', 'host', 'agent'])

const clockToleranceSeconds = 30
const refreshKeysEveryMs = 5 * 60_000
/** A token signed with a key that is not known has the keys fetched again, but not more often than this. */
const unknownKeyCooldownMs = 1_000
const issuerTimeoutMs = 3_000

const badToken: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  message: 'the access token is not valid',
  headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
}
const issuerAway: Refusal = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'access tokens cannot be checked at the moment',
  headers: { 'retry-after': '5' },
}

/** The issuer's keys could not be had, so that nothing can be said of the token. */
class IssuerAway extends Error {}

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() })

/** The users of the hotel, known by access tokens of one OpenID Connect issuer. */
export type Users = Part & {
  /** Who the header `authorization` names; without it, nobody in particular. A bad token is never nobody. */
  of(authorization: string | undefined): User | Refusal | Promise<User | Refusal>
}

/**
 * The issuer's keys are fetched at the start and kept fresh in the background. An issuer that is away keeps
 * nobody out: known keys stay good, and where there are none yet, anonymous requests go on.
 */
export function createUsers(options: {
  issuer: string
  audience: string
  rolesClaim: string
  log: Logger
}): Users {
  const { issuer, audience, rolesClaim, log } = options
  const known = new LRUCache<string, User>({ max: 10_000 })
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined

  const refresh = loop({
    name: 'keys of the issuer',
    everyMs: refreshKeysEveryMs,
    log,
    async work() {
      keys ??= createRemoteJWKSet(await discover(issuer), {
        cacheMaxAge: Number.POSITIVE_INFINITY,
        cooldownDuration: unknownKeyCooldownMs,
        timeoutDuration: issuerTimeoutMs,
      })
      await keys.reload()
    },
  })

  const keyOf: JWTVerifyGetKey = async (header, token) => {
    if (!keys) throw new IssuerAway()
    try {
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error
      throw new IssuerAway(undefined, { cause: error })
    }
  }

  async function check(token: string): Promise<User | Refusal> {
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        issuer,
        audience,
        algorithms: ['RS256', 'ES256', 'EdDSA'],
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      })
      const { sub, exp } = payload
      if (!sub || !exp) return badToken
      const user = { subject: sub, roles: rolesIn(payload, rolesClaim) }
      const leftMs = exp * 1000 - Date.now()
      if (leftMs > 0) known.set(token, user, { ttl: leftMs })
      return user
    } catch (error) {
      if (error instanceof IssuerAway) {
        log.warn({ err: error.cause }, 'no keys to check a token with')
        return issuerAway
      }
      log.info({ reason: error instanceof Error ? error.message : String(error) }, 'token refused')
      return badToken
    }
  }

  return {
    name: 'issuer',
    optional: true,
    start: async (health) => refresh.start?.(health),
    stop: async () => refresh.stop?.(),
    async ready() {
      if (!keys?.jwks()) throw new Error('its keys could not be fetched yet')
    },
    of(authorization) {
      if (authorization === undefined) return anonymous
      const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
      if (!token) return badToken
      return known.get(token) ?? check(token)
    },
  }
}

/** Where the issuer publishes its keys. Its document must name it exactly as its tokens do. */
async function discover(issuer: string): Promise<URL> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const signal = AbortSignal.timeout(issuerTimeoutMs)
  const { statusCode, body } = await request(address, { signal })
  if (statusCode !== 200) throw new Error(`${address} answers ${statusCode}`)
  const document = discoveryDocument.parse(await body.json())
  if (document.issuer !== issuer) throw new Error(`${address} is of another issuer, ${document.issuer}`)
  return new URL(document.jwks_uri)
}

/**
 * The roles at `claim`: a claim of that very name (`https://myhotel.example/roles`), or a way to one, by
 * dots.
 */
function rolesIn(payload: JWTPayload, claim: string): string[] {
  const steps = Object.hasOwn(payload, claim) ? [claim] : claim.split('.')
  let found: unknown = payload
  for (const step of steps) {
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, step)
        ? Reflect.get(found, step)
        : null
  }
  const roles = typeof found === 'string' ? found.split(' ') : found
  return Array.isArray(roles) ? [...ourRoles].filter((role) => roles.includes(role)) : []
}
