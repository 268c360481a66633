import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** An OpenID Connect issuer, so that a router can check tokens as it does in earnest. */
export async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const key = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'EdDSA', use: 'sig' }
  const server = createServer((request, response) => {
    const jwks = request.url === '/jwks'
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(jwks ? { keys: [key] } : { issuer: url, jwks_uri: `${url}/jwks` }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    tokenOf: (subject: string) =>
      new SignJWT({ roles: ['guest'] })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'bench' })
        .setIssuer(url)
        .setAudience('myhotel')
        .setSubject(subject)
        .setExpirationTime('2h')
        .sign(privateKey),
    stop: () => server.close(),
  }
}
