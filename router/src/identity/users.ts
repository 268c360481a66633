import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'
import { jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { clockToleranceSeconds, longestToken, readAccessToken, type TokenRules } from './access-token.ts'
import { createIssuerKeys, IssuerAway } from './issuer-keys.ts'

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

/** Never `none`, and none with a shared secret: the public key would be the secret. */
const algorithms = ['RS256', 'ES256', 'EdDSA', 'Ed25519']

/** A checked token is remembered, but not for long: a key that the issuer has withdrawn is soon good no more. */
const rememberedMs = 5 * 60_000
const rememberedCharacters = 16 * 1024 * 1024

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

/** The users of the hotel, known by access tokens of one OpenID Connect issuer. */
export type Users = Part & {
  /** Who the header `authorization` names; without it, nobody in particular. A bad token is never nobody. */
  of(authorization: string | undefined): User | Refusal | Promise<User | Refusal>
}

/**
 * An issuer that is away keeps nobody out: known keys stay good, and where there are none yet, anonymous requests
 * go on.
 */
export function createUsers(options: { issuer: string; token: TokenRules; log: Logger }): Users {
  const { issuer, log } = options
  const keys = createIssuerKeys({ issuer, log })
  const known = new LRUCache<string, User>({
    max: 10_000,
    ttlResolution: 1_000,
    maxSize: rememberedCharacters,
    sizeCalculation: (_, token) => token.length,
  })

  async function check(token: string): Promise<User | Refusal> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys.keyOf, {
        issuer,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp'],
      })
      const user = readAccessToken(protectedHeader, payload, options.token)
      const leftMs = Math.floor((payload.exp ?? 0) * 1000 - Date.now())
      if (leftMs > 0) known.set(token, user, { ttl: Math.min(leftMs, rememberedMs) })
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
    ...keys,
    of(authorization) {
      if (authorization === undefined) return anonymous
      if (authorization.length > longestToken) return badToken
      const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
      if (!token) return badToken
      return known.get(token) ?? check(token)
    },
  }
}
