import { SignJWT } from 'jose'
import { z } from 'zod'
import { HttpError, listenEnv, log, parse, serve } from '../http.ts'
import { accountNamed, exampleAccounts } from './accounts.ts'
import { signingKey } from './signing-key.ts'

const audience = 'myhotel'
const lifetimeSeconds = 12 * 60 * 60

const env = listenEnv
  .extend({ ISSUER_URL: z.url().optional(), NODE_ENV: z.string().optional() })
  .parse(process.env)
if (env.NODE_ENV === 'production') {
  console.error('The identity provider gives tokens to anyone who asks: it does not run in production.')
  process.exit(1)
}

const { privateKey, publicJwk } = await signingKey(env.DATA_DIR)
const tokenRequest = z.object({ account: z.string() })

const url = await serve({
  port: env.PORT,
  host: env.HOST,
  routes: [
    {
      method: 'GET',
      path: '/.well-known/openid-configuration',
      answer: () => ({
        status: 200,
        body: {
          issuer: issuer(),
          jwks_uri: `${issuer()}/jwks`,
          token_endpoint: `${issuer()}/dev/token`,
          id_token_signing_alg_values_supported: ['EdDSA'],
          claims_supported: ['sub', 'roles'],
        },
      }),
    },
    { method: 'GET', path: '/jwks', answer: () => ({ status: 200, body: { keys: [publicJwk] } }) },
    { method: 'GET', path: '/dev/accounts', answer: () => ({ status: 200, body: exampleAccounts }) },
    {
      method: 'POST',
      path: '/dev/token',
      answer: async ({ body }) => ({ status: 200, body: await token(body) }),
    },
  ],
})
log('identity-provider', 'listening', { url, issuer: issuer() })

/** Known once the port is, unless the environment says it. */
function issuer(): string {
  return env.ISSUER_URL ?? url
}

async function token(request: unknown) {
  const account = accountNamed(parse(tokenRequest, request).account)
  if (!account)
    throw new HttpError(400, {
      error: { code: 'unknown_account', message: 'Accounts are guest<N>, host<N> and agent<N>.' },
    })
  const accessToken = await new SignJWT({ roles: account.roles })
    .setProtectedHeader({ alg: 'EdDSA', kid: publicJwk.kid, typ: 'at+jwt' })
    .setIssuer(issuer())
    .setAudience(audience)
    .setSubject(account.name)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds} s`)
    .sign(privateKey)
  return { access_token: accessToken, token_type: 'Bearer', expires_in: lifetimeSeconds }
}
