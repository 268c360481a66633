import type { JWTHeaderParameters, JWTPayload } from 'jose'
import { z } from 'zod'
import { rolesIn } from './roles.ts'

/** What an access token must be like, besides signed by the issuer and not expired. */
export type TokenRules = {
  /** Whom the token must be for: one of these. */
  readonly audiences: readonly string[]
  /** The claim that says whom it is for. `aud`, except with issuers that say so elsewhere. */
  readonly audienceClaim: string
  /** The media type that its header must name; null takes every one that an access token may have. */
  readonly type: string | null
  /** Where the roles are: see roles.ts. */
  readonly rolesClaim: string
}

/** How far the issuer's clock and ours may be apart. */
export const clockToleranceSeconds = 30

/** Longer ones are refused before any work. Node itself takes at most 16 KiB of headers. */
export const longestToken = 8_192

/** A signed token that is not one to let its bearer in by. */
export class NotAccepted extends Error {}

/** RFC 9068 has `at+jwt`; most issuers still say `JWT`, or nothing. */
const usualTypes = ['at+jwt', 'jwt']

/** These bind an ID token to the code or the access token that came with it; no access token has them. */
const onlyInIdTokens = ['at_hash', 'c_hash', 's_hash']

const subject = z
  .string()
  .min(1)
  .max(255)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
  .regex(/^[^\u0000-\u001f\u007f]+$/)

/**
 * Whom a token names whose signature, issuer and dates hold.
 * @throws NotAccepted, saying why
 */
export function readAccessToken(header: JWTHeaderParameters, claims: JWTPayload, rules: TokenRules) {
  checkKind(header, claims, rules.type)
  checkAudience(claims, rules)
  if (claims.cnf !== undefined)
    throw new NotAccepted('it is bound to a key of its client (cnf), of which the router takes no proof')
  if (claims.iat !== undefined && claims.iat > Date.now() / 1000 + clockToleranceSeconds)
    throw new NotAccepted('it was issued in the future (iat)')
  const named = subject.safeParse(claims.sub)
  if (!named.success) throw new NotAccepted('its subject (sub) is none')
  return { subject: named.data, roles: rolesIn(claims, rules.rolesClaim) }
}

/**
 * Issuers sign more than access tokens, with the same keys and sometimes for the same audience: ID tokens, logout
 * tokens, refresh tokens. Each is refused where it can be told apart.
 */
function checkKind(header: JWTHeaderParameters, claims: JWTPayload, wanted: string | null): void {
  const type = typeof header.typ === 'string' ? mediaType(header.typ) : undefined
  if (wanted ? type !== mediaType(wanted) : type !== undefined && !usualTypes.includes(type))
    throw new NotAccepted(`its type (typ) is ${header.typ ?? 'not told'}`)
  if (type === 'at+jwt') return
  // Keycloak has the kind in the claim typ, Cognito in token_use; logout tokens have events.
  if ('typ' in claims && claims.typ !== 'Bearer') throw new NotAccepted(`it is of kind ${claims.typ} (typ)`)
  if ('token_use' in claims && claims.token_use !== 'access')
    throw new NotAccepted(`it is of kind ${claims.token_use} (token_use)`)
  const idToken = onlyInIdTokens.some((claim) => claim in claims)
  // Old Keycloaks have the nonce in access tokens, too; those say Bearer.
  if (idToken || ('nonce' in claims && claims.typ !== 'Bearer')) throw new NotAccepted('it is an ID token')
  if ('events' in claims) throw new NotAccepted('it tells of events')
}

/** `application/at+jwt` → `at+jwt`; upper and lower case are the same. */
const mediaType = (type: string) => type.toLowerCase().replace(/^application\//, '')

function checkAudience(claims: JWTPayload, { audiences, audienceClaim }: TokenRules): void {
  const told = Object.hasOwn(claims, audienceClaim) ? claims[audienceClaim] : undefined
  const named = Array.isArray(told) ? told : [told]
  if (!named.some((audience) => typeof audience === 'string' && audiences.includes(audience)))
    throw new NotAccepted(`it is for another audience (${audienceClaim})`)
}
