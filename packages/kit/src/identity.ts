import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'

/** Who asks. An anonymous caller has no subject and no role. */
export type Caller = {
  /** The user's id, or null for anonymous users and for services. */
  readonly subject: string | null
  /** `guest`, `host`, `agent` for users; `service` for another service. */
  readonly roles: readonly string[]
  /** Who vouches for it: `router`, or the service that calls. */
  readonly issuer: string
}

type User = { readonly subject: string | null; readonly roles: readonly string[] }

/** Tokens live this long; they are signed anew after half of it. */
const lifetimeSeconds = 120

/**
 * Signs short-lived tokens (Ed25519) that name the caller to one audience. Tokens are kept for half their life,
 * so that a busy user costs one signature a minute, not one a request.
 */
export async function createSigner(privateKeyJson: string) {
  const jwk = JSON.parse(privateKeyJson) as JWK
  const issuer = jwk.kid
  if (!issuer) throw new Error('the identity key has no kid, which is the name of its owner')
  const key = await importJWK(jwk, 'EdDSA')
  const tokens = new LRUCache<string, string>({
    max: 50_000,
    ttl: (lifetimeSeconds / 2) * 1000,
    ttlResolution: 1_000,
  })

  const signAnew = async (cacheKey: string, audience: string, user: User | undefined): Promise<string> => {
    const claims = new SignJWT({ roles: user ? [...user.roles] : ['service'] })
      .setProtectedHeader({ alg: 'EdDSA', kid: issuer })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
    if (user?.subject) claims.setSubject(user.subject)
    const token = await claims.sign(key)
    tokens.set(cacheKey, token)
    return token
  }

  /** A token for `audience`, in the name of `user` or, without one, of the service itself. */
  return function sign(audience: string, user?: User): string | Promise<string> {
    const cacheKey = user ? `${audience} ${user.roles.join()} ${user.subject ?? ''}` : audience
    return tokens.get(cacheKey) ?? signAnew(cacheKey, audience, user)
  }
}

export type Signer = Awaited<ReturnType<typeof createSigner>>

/**
 * Checks tokens addressed to `audience` against the public keys of those who may call. Checked tokens are
 * remembered until they expire. Only the router speaks for users: any other issuer is itself the caller.
 */
export function createVerifier(audience: string, keysJson: string) {
  const keys = createLocalJWKSet(JSON.parse(keysJson))
  const seen = new LRUCache<string, Caller>({ max: 50_000, ttlAutopurge: false })

  /** The caller, or null where the token does not hold. */
  return async function verify(token: string): Promise<Caller | null> {
    const known = seen.get(token)
    if (known) return known
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        audience,
        algorithms: ['EdDSA'],
        requiredClaims: ['exp', 'iss', 'iat'],
      })
      const { iss, sub, exp } = payload
      if (!iss || iss !== protectedHeader.kid || !exp) return null
      const roles = Array.isArray(payload.roles)
        ? payload.roles.filter((role) => typeof role === 'string')
        : []
      const caller: Caller =
        iss === 'router'
          ? { subject: sub ?? null, roles: roles.filter((role) => role !== 'service'), issuer: iss }
          : { subject: null, roles: ['service'], issuer: iss }
      seen.set(token, caller, { ttl: Math.max(1, exp * 1000 - Date.now()) })
      return caller
    } catch {
      return null
    }
  }
}

export type Verifier = ReturnType<typeof createVerifier>

/** Makes a new Ed25519 key pair for the service of this name, as JWKs. */
export async function createIdentity(name: string): Promise<{ privateKey: JWK; publicKey: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const named = { kid: name, alg: 'EdDSA', use: 'sig' }
  return {
    privateKey: { ...(await exportJWK(privateKey)), ...named },
    publicKey: { ...(await exportJWK(publicKey)), ...named },
  }
}
