import type { DatabaseSync } from 'node:sqlite'
import { errors, interactionPolicy, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Accounts } from './accounts.ts'
import { clients, isOwnMachine, rolesOfService } from './clients.ts'
import { errorPage, pageHeaders, signedOutPage, signOutPage } from './pages.ts'
import { signInPath } from './sign-in.ts'
import type { SigningKey } from './signing-key.ts'
import { stateIn } from './state.ts'

/** Whom access tokens are for. */
export const audience = 'myhotel'
/** The API as a resource indicator (RFC 8707), which has to be a URI. Who names no resource means this one. */
const api = 'urn:myhotel:api'

const minutes = 60
const days = 24 * 60 * minutes

/**
 * The OpenID provider: authorization code with PKCE for users, client credentials for services. Access tokens are
 * JWTs (RFC 9068) with the roles of whom they name.
 */
export function createProvider(options: {
  issuer: string
  key: SigningKey
  accounts: Accounts
  database: DatabaseSync
}): Provider {
  const { issuer, key, accounts } = options

  // The applications are our own, so users are not asked whether they may sign in: signing in is their consent.
  const policy = interactionPolicy.base()
  policy.remove('consent')

  const provider = new Provider(issuer, {
    adapter: stateIn(options.database),
    jwks: { keys: [key.privateJwk] },
    cookies: { keys: [key.cookieSecret], names: cookieNames(issuer) },
    clients,
    clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
    clientBasedCORS: (_, origin) => isOwnMachine(origin),
    responseTypes: ['code'],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'roles'], profile: ['preferred_username'] },
    conformIdTokenClaims: false,
    interactions: { policy, url: (_, { uid }) => signInPath(uid) },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      // The router takes no tokens that are bound to a key.
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => show(context, signOutPage(form)),
        postLogoutSuccessSource: (context) => show(context, signedOutPage()),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => api,
        getResourceServerInfo(_, resource) {
          if (resource !== api) throw new errors.InvalidTarget()
          return { scope: '', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'EdDSA' } } }
        },
      },
    },
    ttl: {
      AccessToken: 15 * minutes,
      ClientCredentials: 15 * minutes,
      IdToken: 15 * minutes,
      Interaction: 60 * minutes,
      Session: 14 * days,
      Grant: 14 * days,
      RefreshToken: 14 * days,
    },
    // One that was used before means that it was stolen: the whole grant ends.
    rotateRefreshToken: true,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    loadExistingGrant,
    findAccount(_, name) {
      const account = accounts.find(name)
      if (!account) return undefined
      const { roles } = account
      return { accountId: name, claims: async () => ({ sub: name, preferred_username: name, roles }) }
    },
    extraTokenClaims: (_, token) => ({
      roles:
        'accountId' in token ? accounts.find(token.accountId)?.roles : rolesOfService[token.clientId ?? ''],
    }),
    renderError: (context, { error, error_description }) =>
      show(context, errorPage(error, error_description ?? 'Something went wrong.')),
  })
  provider.on('server_error', (_, error) => console.error(error))
  return provider
}

/** Browsers send cookies to all ports of a machine: systems that run side by side have names of their own. */
function cookieNames(issuer: string) {
  const { port } = new URL(issuer)
  return { session: `session_${port}`, interaction: `interaction_${port}`, resume: `resume_${port}` }
}

/** What the user has granted the application: all that it asks for. */
async function loadExistingGrant({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc
  if (!client || !session?.accountId) return undefined
  const known = session.grantIdFor(client.clientId)
  const grant =
    (known && (await provider.Grant.find(known))) ||
    new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '))
  await grant.save()
  return grant
}

function show(context: KoaContextWithOIDC, html: string): void {
  context.set(pageHeaders)
  context.body = html
}
