import type { ClientMetadata } from 'oidc-provider'

/** Loopback addresses: for clients of kind `native` any port of them will do (RFC 8252). */
const ownMachine = ['http://127.0.0.1', 'http://localhost', 'http://[::1]']

/** The applications that may have users sign in here, and the services that sign in for themselves. */
export const clients: ClientMetadata[] = [
  {
    // A page or a program on this machine. It can keep no secret: PKCE stands in for it.
    client_id: 'myhotel-web',
    client_name: 'MyHotel',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ownMachine.flatMap((origin) => [`${origin}/`, `${origin}/callback`]),
    post_logout_redirect_uris: ownMachine.map((origin) => `${origin}/`),
  },
  {
    client_id: 'myhotel-backoffice',
    client_name: 'Back office',
    client_secret: 'backoffice-secret-of-development',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  },
]

/** What a service may do when it signs in for itself: the back office acts as an agent, under its own name. */
export const rolesOfService: Record<string, string[]> = { 'myhotel-backoffice': ['agent'] }

/** Whether a page of that origin runs on this machine; only such pages may ask for tokens in the browser. */
export function isOwnMachine(origin: string): boolean {
  const { protocol, hostname } = URL.parse(origin) ?? {}
  return protocol === 'http:' && ownMachine.includes(`http://${hostname}`)
}
