import { generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { CompactEncrypt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCleanup, inSeconds, listen } from '../testing.ts'
import { refused, startIdentity } from './testing.ts'
import type { Users } from './users.ts'

/** The attacks of RFC 8725, each on a router that knows one RSA and one Ed25519 key of its issuer. */
const cleanup = createCleanup()
afterAll(() => cleanup.run())

let issuer: Awaited<ReturnType<typeof startIdentity>>['issuer']
let users: Users
let signRsa: Awaited<ReturnType<typeof issuer.createKey>>
let signEd: typeof signRsa
beforeAll(async () => {
  const identity = await startIdentity(cleanup)
  issuer = identity.issuer
  signRsa = await issuer.createKey('RS256', 'rsa')
  signEd = await issuer.createKey('EdDSA', 'ed')
  users = await identity.startReadyUsers()
})

const claims = () => ({
  iss: issuer.url,
  aud: 'myhotel',
  sub: 'agent1',
  roles: ['agent'],
  exp: inSeconds(60),
})
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const expectRefused = async (token: string, why?: string) =>
  expect(await users.of(`Bearer ${token}`), why).toMatchObject(refused)

test('what is to be forged is good when it is not', async () => {
  for (const sign of [signRsa, signEd]) {
    expect(await users.of(`Bearer ${await sign({})}`)).toMatchObject({ subject: 'guest1' })
  }
})

test.each(['none', 'None', 'NONE', '', undefined])('no signature: alg %j', async (alg) => {
  const header = part({ alg, kid: 'rsa', typ: 'at+jwt' })
  await expectRefused(`${header}.${part(claims())}.`)
  await expectRefused(`${header}.${part(claims())}.AAAA`)
  await expectRefused(new UnsecuredJWT(claims()).encode())
})

test.each(['HS256', 'HS384', 'HS512'])('the public key as a shared secret: %s', async (alg) => {
  for (const jwk of issuer.keys) {
    const { kid } = jwk as { kid: string }
    const secret = new TextEncoder().encode(JSON.stringify(jwk).padEnd(64))
    await expectRefused(await new SignJWT(claims()).setProtectedHeader({ alg, kid }).sign(secret))
  }
})

test('another content under a good signature, and a good content under another', async () => {
  for (const sign of [signRsa, signEd]) {
    const [header, content, signature] = (await sign({})).split('.')
    await expectRefused(`${header}.${part(claims())}.${signature}`)
    await expectRefused(`${header}.${content}.${signature?.slice(0, -4)}AAAA`)
    await expectRefused(`${header}.${content}.`)
    await expectRefused(`${header}.${content}`)
  }
})

test.each([
  '../../../../dev/null',
  '/dev/null',
  "' OR '1'='1",
  'http://127.0.0.1:1/key',
  '__proto__',
  '',
  5,
  ['rsa'],
  null,
])('the name of a key is a name: kid %j', async (kid) => {
  const empty = new TextEncoder().encode('\0'.repeat(32))
  const header = { alg: 'HS256', kid: kid as string }
  await expectRefused(await new SignJWT(claims()).setProtectedHeader(header).sign(empty))
  // Signed by nobody the router knows.
  const { privateKey } = await generateKeyPair('EdDSA')
  await expectRefused(
    await new SignJWT(claims()).setProtectedHeader({ ...header, alg: 'EdDSA' }).sign(privateKey),
  )
})

test('keys that a token brings along are not looked at', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'own', alg: 'EdDSA', use: 'sig' }
  let asked = 0
  const own = await listen(cleanup, (_, response) => {
    asked += 1
    response.end(JSON.stringify({ keys: [jwk] }))
  })
  const offers = [
    { jwk },
    { jwk, kid: 'ed' },
    { jku: `${own.url}/jwks`, kid: 'own' },
    { x5u: `${own.url}/cert`, kid: 'own' },
    { x5c: ['MIIB'], kid: 'own' },
  ]
  for (const offer of offers) {
    const header = { alg: 'EdDSA', ...offer }
    await expectRefused(await new SignJWT(claims()).setProtectedHeader(header).sign(privateKey))
  }
  expect(asked, 'times that an address in a token was fetched').toBe(0)
})

test('a demand that the router does not know (crit) is not passed over', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  issuer.keys.push({ ...publicKey.export({ format: 'jwk' }), kid: 'plain', alg: 'EdDSA', use: 'sig' })
  const token = (header: object) => {
    const signed = `${part({ alg: 'EdDSA', kid: 'plain', ...header })}.${part(claims())}`
    return `${signed}.${signBytes(null, Buffer.from(signed), privateKey).toString('base64url')}`
  }
  // The router takes in the new key when the first token names it.
  await expect
    .poll(() => users.of(`Bearer ${token({})}`), { timeout: 120_000 })
    .toMatchObject({ subject: 'agent1' })
  await expectRefused(token({ crit: ['x'], x: 1 }), 'unknown')
  await expectRefused(token({ crit: ['exp'], exp: 1 }), 'a claim')
  await expectRefused(token({ crit: [] }), 'empty')
  await expectRefused(token({ crit: ['b64'], b64: false }), 'unencoded')
})

test('a key is good for its own algorithm only', async () => {
  const { privateKey } = await generateKeyPair('RS256')
  for (const alg of ['RS512', 'PS256', 'ES256', 'ES512']) {
    const header = part({ alg, kid: 'rsa' })
    const [, , signature] = (await signRsa({})).split('.')
    await expectRefused(`${header}.${part(claims())}.${signature}`)
  }
  const header = { alg: 'RS256', kid: 'ed' }
  await expectRefused(await new SignJWT(claims()).setProtectedHeader(header).sign(privateKey))
})

test('encrypted tokens, and what is no token at all', async () => {
  const { publicKey } = await generateKeyPair('RSA-OAEP-256')
  const encrypted = await new CompactEncrypt(new TextEncoder().encode(await signEd(claims())))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' })
    .encrypt(publicKey)
  await expectRefused(encrypted)
  const [header, , signature] = (await signEd({})).split('.')
  const other = (text: string) => Buffer.from(text).toString('base64url')
  for (const content of ['null', '[]', '"x"', '5', '{', '', '{"exp":1e999}']) {
    await expectRefused(`${header}.${other(content)}.${signature}`, content)
  }
  for (const token of ['', 'x', 'a.b.c', '..', '...', '....', 'eyJhbGciOiJub25lIn0..', 'W10.W10.W10']) {
    await expectRefused(token, token)
  }
})
