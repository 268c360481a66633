import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** An OpenID Connect issuer; whoever has this can make tokens with any fault. */
export type Issuer = {
  url: string
  /** The key pairs that it publishes, private parts included. */
  keys: Record<'RS256' | 'ES256' | 'EdDSA', JWK>
  /** A key pair that it does not publish at the address of its keys, but at `trap`. */
  stranger: JWK
  /** Where the stranger's key can be had by whoever follows a token there; `GET <trap>/visits` counts them. */
  trap: string
}

const path = {
  discovery: '/.well-known/openid-configuration',
  jwks: '/jwks',
  trap: '/trap',
  visits: '/trap/visits',
}

export async function startIssuer(): Promise<{ issuer: Issuer; close(): void }> {
  const make = async (alg: string, kid: string): Promise<JWK> => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }
  }
  const keys = {
    RS256: await make('RS256', 'rsa'),
    ES256: await make('ES256', 'ec'),
    EdDSA: await make('EdDSA', 'ed'),
  }
  const stranger = await make('RS256', 'stranger')
  let visits = 0
  const server = createServer((request, response) => {
    const answer = (body: unknown) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    switch (request.url) {
      case path.discovery:
        return answer({ issuer: url, jwks_uri: `${url}${path.jwks}` })
      case path.jwks:
        return answer({ keys: Object.values(keys).map(publicPart) })
      case path.trap:
        visits += 1
        return answer({ keys: [publicPart(stranger)] })
      case path.visits:
        return answer({ visits })
    }
    response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { issuer: { url, keys, stranger, trap: `${url}${path.trap}` }, close }
}

/** What of a key everybody may know. */
export function publicPart({ kty, n, e, crv, x, y, kid, alg, use }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, kid, alg, use }))
}
