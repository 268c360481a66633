import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { HttpError, parse } from '../http.ts'
import { developmentAccount } from './development-accounts.ts'
import { audience } from './provider.ts'
import type { SigningKey } from './signing-key.ts'

const lifetimeSeconds = 12 * 60 * 60

const tokenRequest = z.object({ account: z.string() })

/** An access token for a development account, for the asking: what `npm run token` and the playground use. */
export async function developmentToken(request: unknown, issuer: string, key: SigningKey) {
  const account = developmentAccount(parse(tokenRequest, request).account)
  if (!account)
    throw new HttpError(400, {
      error: { code: 'unknown_account', message: 'Accounts are guest<N>, host<N> and agent<N>.' },
    })
  const accessToken = await new SignJWT({ roles: account.roles, client_id: 'development' })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt' })
    .setJti(randomUUID())
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(account.name)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds} s`)
    .sign(key.privateKey)
  return { access_token: accessToken, token_type: 'Bearer', expires_in: lifetimeSeconds }
}
