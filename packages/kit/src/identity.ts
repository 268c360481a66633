import {
  type CryptoKey,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { LRUCache } from 'lru-cache'
import { openText } from './followed-text.ts'
import { keyId, ownerOf, readKeySet, readPrivateKey } from './identity-keys.ts'
import type { Logger } from './logger.ts'

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
 * @param privateKey the private JWK as JSON, or `file:` and the path of its file, which is followed: a new key signs
 * within seconds
 */
export async function createSigner(privateKey: string, log?: Logger) {
  const source = openText(privateKey, log)
  let current = await readPrivateKey(source.read())
  const tokens = new LRUCache<string, string>({
    max: 50_000,
    ttl: (lifetimeSeconds / 2) * 1000,
    ttlResolution: 1_000,
  })
  source.follow(async (text) => {
    current = await readPrivateKey(text)
    tokens.clear()
  })

  const signAnew = async (cacheKey: string, audience: string, user: User | undefined): Promise<string> => {
    const { kid, key } = current
    const claims = new SignJWT({ roles: user ? [...user.roles] : ['service'] })
      .setProtectedHeader({ alg: 'EdDSA', kid })
      .setIssuer(ownerOf(kid))
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
    if (user?.subject) claims.setSubject(user.subject)
    const token = await claims.sign(key)
    if (key === current.key) tokens.set(cacheKey, token)
    return token
  }

  /** A token for `audience`, in the name of `user` or, without one, of the service itself. */
  return function sign(audience: string, user?: User): string | Promise<string> {
    const cacheKey = user ? `${audience} ${user.roles.join()} ${user.subject ?? ''}` : audience
    return tokens.get(cacheKey) ?? signAnew(cacheKey, audience, user)
  }
}

export type Signer = Awaited<ReturnType<typeof createSigner>>

/** A public key that is trusted; two are the same only if they are the same object. */
type TrustedKey = { readonly jwk: JWK; imported?: Promise<CryptoKey> }

/** The trusted keys by `kid`; those that were there before, unchanged, stay the same objects. */
function trust(json: string, before: ReadonlyMap<string, TrustedKey>): ReadonlyMap<string, TrustedKey> {
  return new Map(
    readKeySet(json).keys.map((jwk) => {
      const kid = jwk.kid ?? ''
      const known = before.get(kid)
      return [kid, known?.jwk.x === jwk.x ? (known as TrustedKey) : { jwk }]
    }),
  )
}

/**
 * Checks tokens addressed to `audience` against the public keys of those who may call. Checked tokens are
 * remembered until they expire or their key is removed. Only the router speaks for users: any other issuer is itself the
 * caller.
 * @param keySet a JWKS as JSON, or `file:` and the path of its file, which is followed: keys are added and removed within
 * seconds
 * @throws if the key set is of no use
 */
export function createVerifier(audience: string, keySet: string, log?: Logger) {
  const source = openText(keySet, log)
  const seen = new LRUCache<string, { caller: Caller; key: TrustedKey }>({ max: 50_000, ttlAutopurge: false })
  let keys = trust(source.read(), new Map())
  source.follow((text) => {
    keys = trust(text, keys)
    const trusted = new Set(keys.values())
    for (const [token, { key }] of seen.entries()) if (!trusted.has(key)) seen.delete(token)
  })

  async function keyOf(kid: string): Promise<TrustedKey> {
    // The file may have it already.
    if (!keys.has(kid)) await source.refresh()
    const key = keys.get(kid)
    if (!key) throw new Error(`no key ${kid} is trusted`)
    return key
  }

  /** The caller, or null where the token does not hold. */
  return async function verify(token: string): Promise<Caller | null> {
    const known = seen.get(token)
    if (known) return known.caller
    try {
      const { kid = '' } = decodeProtectedHeader(token)
      const key = await keyOf(kid)
      key.imported ??= importJWK(key.jwk, 'EdDSA') as Promise<CryptoKey>
      const { payload } = await jwtVerify(token, await key.imported, {
        audience,
        algorithms: ['EdDSA'],
        requiredClaims: ['exp', 'iss', 'iat'],
      })
      const { iss, sub, exp } = payload
      if (!iss || iss !== ownerOf(kid) || !exp) return null
      const roles = Array.isArray(payload.roles)
        ? payload.roles.filter((role) => typeof role === 'string')
        : []
      const caller: Caller =
        iss === 'router'
          ? { subject: sub ?? null, roles: roles.filter((role) => role !== 'service'), issuer: iss }
          : { subject: null, roles: ['service'], issuer: iss }
      // It may have been removed meanwhile.
      if (keys.get(kid) !== key) return null
      seen.set(token, { caller, key }, { ttl: Math.max(1, exp * 1000 - Date.now()) })
      return caller
    } catch {
      return null
    }
  }
}

export type Verifier = ReturnType<typeof createVerifier>

/** Makes an Ed25519 key pair as JWKs. `kid` is the name of its service, or that with a number: `router.2`. */
export async function createIdentity(kid: string): Promise<{ privateKey: JWK; publicKey: JWK }> {
  keyId.parse(kid)
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const named = { kid, alg: 'EdDSA', use: 'sig' }
  return {
    privateKey: { ...(await exportJWK(privateKey)), ...named },
    publicKey: { ...(await exportJWK(publicKey)), ...named },
  }
}
