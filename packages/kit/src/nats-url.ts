/** Where servers of NATS are, and as whom they are spoken to. */
export type NatsAddress = {
  readonly servers: readonly string[]
  readonly user?: { readonly user: string; readonly pass: string } | { readonly token: string }
  /** Files with a user's credentials, or seed. */
  readonly creds: string | null
  readonly nkey: string | null
  readonly tls: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string } | null
}

/**
 * What a NATS_URL says: `nats://user:password@one:4222,nats://two:4222`, servers of one cluster; `tls://…` for TLS. What
 * does not fit into an address follows once, at the end: `?creds=FILE` (a user's credentials), `?nkey=FILE` (a seed), and
 * for TLS `ca=FILE`, `cert=FILE&key=FILE`. A user without a password is a token.
 * @throws in a sentence, without the password, where the text is none of this
 */
export function readNatsUrl(url: string): NatsAddress {
  const [addresses = '', query = ''] = url.split('?')
  const servers = addresses.split(',').map((address) => toAddress(address.trim()))
  const given = new URLSearchParams(query)
  for (const name of given.keys()) {
    if (!['creds', 'nkey', 'ca', 'cert', 'key'].includes(name)) {
      throw new Error(`NATS_URL: ${name} is none of creds, nkey, ca, cert and key`)
    }
  }
  const named = servers.find(({ username }) => username)
  const tls = { caFile: given.get('ca'), certFile: given.get('cert'), keyFile: given.get('key') }
  const files = Object.fromEntries(Object.entries(tls).filter(([, file]) => file))
  const isTls = servers.some(({ protocol }) => protocol === 'tls:') || Object.keys(files).length > 0
  return {
    servers: servers.map(({ host }) => host),
    ...(named && { user: toUser(named) }),
    creds: given.get('creds'),
    nkey: given.get('nkey'),
    tls: isTls ? files : null,
  }
}

function toAddress(address: string): URL {
  const full = /^\w+:\/\//.test(address) ? address : `nats://${address}`
  const parsed = URL.canParse(full) ? new URL(full) : null
  if (!parsed?.hostname || !/^(nats|tls):$/.test(parsed.protocol)) {
    const told = address.replace(/\/\/.*@/, '//…@')
    throw new Error(`NATS_URL: ${told} is no address of a server, nats://host:4222 say`)
  }
  return parsed
}

function toUser({ username, password }: URL): NonNullable<NatsAddress['user']> {
  const user = decodeURIComponent(username)
  return password ? { user, pass: decodeURIComponent(password) } : { token: user }
}
