/** Where a user's browser takes push messages, as the Push API gives it to a page. */
export type PushSubscription = {
  readonly endpoint: string
  /** The browser's public key: an uncompressed P-256 point, base64url. */
  readonly p256dh: string
  /** The shared secret of 16 bytes, base64url. */
  readonly auth: string
}

/** Why a subscription is not taken. */
export type Flaw = { readonly field: 'endpoint' | 'p256dh' | 'auth'; readonly message: string }

const longestEndpoint = 1_000

/**
 * Looks a subscription over. Only endpoints of known push services are taken (`https://*.push.apple.com` stands for
 * all hosts below it): the service will send requests there, and must not be led into its own network.
 */
export function flawOf(subscription: PushSubscription, services: readonly string[]): Flaw | null {
  const { endpoint, p256dh, auth } = subscription
  if (endpoint.length > longestEndpoint || !services.some((service) => isAt(service, endpoint))) {
    return { field: 'endpoint', message: 'not an address of a push service that is known here' }
  }
  if (!/^B[\w-]{86}=?$/.test(p256dh)) return { field: 'p256dh', message: 'not a P-256 public key, base64url' }
  if (!/^[\w-]{22}(==)?$/.test(auth)) return { field: 'auth', message: 'not a secret of 16 bytes, base64url' }
  return null
}

function isAt(service: string, endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false
  const { origin, username, password } = new URL(endpoint)
  if (username || password) return false
  const [before, after] = service.split('*')
  if (after === undefined) return origin === service
  return origin.startsWith(before ?? '') && origin.endsWith(after) && origin.length > service.length - 1
}
