import { readFileSync } from 'node:fs'
import { type ConnectionOptions, credsAuthenticator, nkeyAuthenticator } from 'nats'
import { readNatsUrl } from './nats-url.ts'

/**
 * What a NATS_URL says (nats-url.ts), as the client library takes it. Files of a user are read again at each connection,
 * so that they can be changed.
 */
export function natsOptions(url: string): ConnectionOptions {
  const { servers, user, creds, nkey, tls } = readNatsUrl(url)
  return {
    servers: [...servers],
    ...user,
    ...(creds && { authenticator: credsAuthenticator(() => readFileSync(creds)) }),
    ...(nkey && { authenticator: nkeyAuthenticator(() => Buffer.from(readFileSync(nkey, 'utf8').trim())) }),
    ...(tls && { tls }),
  }
}
