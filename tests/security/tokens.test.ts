import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createSigner } from '@myhotel/kit/identity'
import { importJWK, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { publicPart } from './issuer.ts'
import { client, stolenKey, target, tokenOf } from './target.ts'
import { staysUnharmed, writesNothing } from './unharmed.ts'

const { issuer } = target
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
const good = (): JWTPayload => ({
  ...{ iss: issuer.url, aud: 'myhotel', sub: 'agent1', roles: ['agent'] },
  ...{ iat: inSeconds(0), exp: inSeconds(600), scope: 'openid', client_id: 'suite' },
})

/** A token whose signature holds, with what is to be wrong with it. */
async function signed(claims: object, header: object = {}, alg: keyof typeof issuer.keys = 'RS256') {
  const key = issuer.keys[alg]
  const claimed = Object.fromEntries(
    Object.entries({ ...good(), ...claims }).filter(([, value]) => value !== undefined),
  )
  return new SignJWT(claimed)
    .setProtectedHeader({ alg, kid: key.kid, typ: 'at+jwt', ...header })
    .sign(await importJWK(key, alg))
}

/** A token signed by whatever `sign` makes of it. */
function forged(header: object, sign: (input: string) => string, claims: object = {}) {
  const input = `${encoded({ typ: 'at+jwt', ...header })}.${encoded({ ...good(), ...claims })}`
  return `${input}.${sign(input)}`
}

async function byStranger(header: object) {
  return new SignJWT(good())
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', ...header })
    .sign(await importJWK(issuer.stranger, 'RS256'))
}

const hmac = (secret: string | Buffer) => (input: string) =>
  createHmac('sha256', secret).update(input).digest('base64url')
const privateKey = createPrivateKey({ key: issuer.keys.RS256 as never, format: 'jwk' })
const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })

/** What RFC 8725 warns of, and what a token must say. Each is made when it is used: some are about time. */
const faults: Record<string, () => string | Promise<string>> = {
  'no signature, alg none': () => forged({ alg: 'none' }, () => ''),
  'no signature, alg nOnE': () => forged({ alg: 'nOnE', kid: 'rsa' }, () => ''),
  'no signature, alg RS256': () => forged({ alg: 'RS256', kid: 'rsa' }, () => ''),
  'RS256 turned into HS256, the public key as secret': () => forged({ alg: 'HS256', kid: 'rsa' }, hmac(pem)),
  'HS256 with an empty secret': () => forged({ alg: 'HS256', kid: 'rsa' }, hmac('')),
  'the signature of other claims': async () => {
    const [header, , signature] = (await signed({ sub: 'guest1', roles: ['guest'] })).split('.')
    return `${header}.${encoded(good())}.${signature}`
  },
  'RS256 turned into ES256': () =>
    forged({ alg: 'ES256', kid: 'rsa' }, () => Buffer.alloc(64).toString('base64url')),
  'an ES256 signature of nothing but zeros': () =>
    forged({ alg: 'ES256', kid: 'ec' }, () => Buffer.alloc(64).toString('base64url')),
  'a kid that is a path to a file': () => forged({ alg: 'HS256', kid: '../../../../dev/null' }, hmac('')),
  'a kid that is SQL': () => forged({ alg: 'HS256', kid: "x' UNION SELECT 'key" }, hmac('key')),
  'a kid that is a prototype': () => byStranger({ kid: '__proto__' }),
  'a key that is not published': () => byStranger({ kid: 'stranger' }),
  'another key under the kid of a published one': () => byStranger({ kid: 'rsa' }),
  'jku: a key to be had elsewhere': () => byStranger({ kid: 'stranger', jku: issuer.trap }),
  'x5u: a certificate to be had elsewhere': () => byStranger({ kid: 'stranger', x5u: issuer.trap }),
  'jwk: a key that comes along': () => byStranger({ jwk: publicPart(issuer.stranger) }),
  'crit: something that must be understood': () => {
    const header = { alg: 'RS256', kid: 'rsa', crit: ['urn:x'], 'urn:x': true }
    return forged(header, (input) => sign('sha256', Buffer.from(input), privateKey).toString('base64url'))
  },
  'another issuer': () => signed({ iss: 'https://evil.example' }),
  'the issuer with a slash more': () => signed({ iss: `${issuer.url}/` }),
  'no issuer': () => signed({ iss: undefined }),
  'another audience': () => signed({ aud: 'another' }),
  'an audience that has ours in it': () => signed({ aud: 'myhotel-staging' }),
  'no audience': () => signed({ aud: undefined }),
  expired: () => signed({ exp: inSeconds(-60) }),
  'no expiry': () => signed({ exp: undefined }),
  'an expiry that is a string': () => signed({ exp: String(inSeconds(600)) }),
  'not yet valid': () => signed({ nbf: inSeconds(600) }),
  'no subject': () => signed({ sub: undefined }),
  'a subject that is no string': () => signed({ sub: { $ne: null } }),
  'a token of the router for a subgraph': async () => {
    return (await createSigner(stolenKey('router')))('book', { subject: 'agent1', roles: ['agent'] })
  },
  'a token of a service': async () => {
    return (await createSigner(stolenKey('room')))('router')
  },
  'claims that are no JSON': () => {
    const input = `${encoded({ alg: 'HS256', kid: 'rsa' })}.${Buffer.from('{').toString('base64url')}`
    return `${input}.${hmac(pem)(input)}`
  },
  'no token at all': () => 'nonsense',
  'five parts, encrypted': () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c',
  oversize: () => `${'x'.repeat(8_000)}.y.z`,
}

/** What a token with a fault must not be let do: ask for what needs an agent, and for what anybody may. */
const operations = ['{ complaints { edges { cursor } } }', '{ popularRooms(first: 1) { id } }']

async function ask(query: string, headers: Record<string, string>) {
  const response = await fetch(target.router, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  return { status: response.status, headers: response.headers, ...((await response.json()) as Answer) }
}
type Answer = { data?: unknown; errors?: { extensions: { code: string } }[] }

describe('an access token', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)('signed as it should be, by %s, is let in', async (alg) => {
    for (const query of operations) {
      expect(await ask(query, { authorization: `Bearer ${await signed({}, {}, alg)}` })).toMatchObject({
        status: 200,
        data: expect.anything(),
      })
    }
  })

  it.each(Object.keys(faults))('with a fault is refused, never taken for nobody: %s', async (fault) => {
    const authorization = `Bearer ${await faults[fault]?.()}`
    for (const query of operations) {
      const { status, data, errors, headers } = await ask(query, { authorization })
      expect([status, data]).toEqual([401, undefined])
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
      expect(headers.get('www-authenticate')).toContain('Bearer')
    }
  })

  it('leads nobody to a key of its own', async () => {
    expect(await (await fetch(`${issuer.trap}/visits`)).json()).toEqual({ visits: 0 })
  })

  it('with roles that are none of ours is a user without a role', async () => {
    for (const roles of [
      ['service'],
      ['AGENT'],
      ['agent '],
      { agent: true },
      'admin',
      ['__proto__'],
      [['agent']],
    ]) {
      const authorization = `Bearer ${await signed({ sub: 'guest9', roles })}`
      const { data, errors } = await ask(operations[0] ?? '', { authorization })
      expect([data, errors?.[0]?.extensions.code]).toEqual([null, 'FORBIDDEN'])
    }
  })
})

describe('a header that claims to be somebody', () => {
  const claims = {
    'x-user-id': 'agent1',
    'x-user': 'agent1',
    'x-subject': 'agent1',
    'x-roles': 'agent,service',
    'x-forwarded-user': 'agent1',
    'x-internal-token': 'let me in',
    'x-wrote': 'book.1:1',
    cookie: 'authorization=agent1',
  }

  it('is nothing: without a token nobody is signed in', async () => {
    for (const query of ['{ myPage { asOf } }', operations[0] ?? '']) {
      const { errors } = await ask(query, claims)
      expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    }
  })

  it('adds nothing to a token', async () => {
    const { errors } = await ask(operations[0] ?? '', {
      ...claims,
      authorization: `Bearer ${await signed({ roles: ['host'] })}`,
    })
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  it('is refused when it is `authorization`, twice', async () => {
    const tokens = [await tokenOf('guest1'), await tokenOf('agent1')]
    const lines = tokens.map((token) => `authorization: Bearer ${token}\r\n`).join('')
    expect(await raw(lines)).toMatch(/^HTTP\/1\.1 401 .*UNAUTHENTICATED/s)
  })

  it('cannot bring a header of its own: a correlation id is taken over only where it is one', async () => {
    for (const id of [
      'a\tb',
      'a b',
      '<script>',
      'x'.repeat(129),
      'é',
      'a, b',
      '%0d%0aset-cookie: a=b',
      "' OR 1=1",
    ]) {
      const answered = await raw(`x-correlation-id: ${id}\r\n`)
      expect(answered).toMatch(/x-correlation-id: [0-9a-f]{32}\r\n/)
    }
    expect(await raw('x-correlation-id: a\rset-cookie: b\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw('x-correlation-id: mine\r\n')).toContain('x-correlation-id: mine\r\n')
  })
})

/** Sends headers as they are, which no client library would, and gives the whole answer. */
async function raw(lines: string): Promise<string> {
  const { hostname, port } = new URL(target.router)
  const socket = connect(Number(port), hostname)
  const body = JSON.stringify({ query: '{ popularRooms(first: 1) { id } }' })
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n`
  socket.write(Buffer.from(`${head}${lines}content-length: ${body.length}\r\n\r\n${body}`, 'latin1'))
  return text(socket)
}

it('nothing of all this is written down as if it had been done', () =>
  writesNothing(async () => {
    for (const make of Object.values(faults)) {
      const query =
        'mutation { registerRoom(input: {name: "x", pricePerNight: {amount: 1, currency: "EUR"}, city: "x", country: "x"}) { __typename } }'
      expect((await ask(query, { authorization: `Bearer ${await make()}` })).status).toBe(401)
    }
    const { errors } = await client.send(
      null,
      'mutation { deleteRoomAsAgent(roomId: "x", reason: "x") { __typename } }',
    )
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
  }))

staysUnharmed()
