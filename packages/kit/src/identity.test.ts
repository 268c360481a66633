import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createIdentity, createSigner, createVerifier, type Signer, type Verifier } from './identity.ts'
import { eventually } from './testing.ts'

let pairs: Record<'router' | 'book', Awaited<ReturnType<typeof createIdentity>>>
let keys: string
let router: Signer
let book: Signer
let payment: Verifier
beforeAll(async () => {
  pairs = { router: await createIdentity('router'), book: await createIdentity('book') }
  keys = JSON.stringify({ keys: Object.values(pairs).map(({ publicKey }) => publicKey) })
  router = await createSigner(JSON.stringify(pairs.router.privateKey))
  book = await createSigner(JSON.stringify(pairs.book.privateKey))
  payment = createVerifier('payment', keys)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** From now on the clocks, of dates and of the caches, stand still unless they are put on. */
function holdClocks() {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.spyOn(performance, 'now').mockImplementation(() => Date.now())
}

const guest = (subject: string, ...roles: string[]) => ({ subject, roles: ['guest', ...roles] })
const seconds = () => Math.floor(Date.now() / 1000)

/** A token with any fault, signed by a key of ours unless told. */
async function token(claims: JWTPayload, header: object = {}, key: JWK = pairs.router.privateKey) {
  const now = seconds()
  return new SignJWT({ iss: 'router', aud: 'payment', sub: 'guest1', iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'router', ...header })
    .sign(await importJWK(key, 'EdDSA'))
}

describe('a caller', () => {
  test('is a user, when the router says so', async () => {
    const caller = await payment(await router('payment', guest('guest1', 'host')))
    expect(caller).toEqual({ subject: 'guest1', roles: ['guest', 'host'], issuer: 'router' })
  })

  test('is nobody in particular, when the router says so', async () => {
    const caller = await payment(await router('payment', { subject: null, roles: [] }))
    expect(caller).toEqual({ subject: null, roles: [], issuer: 'router' })
  })

  test('is a service, which signs in its own name', async () => {
    expect(await payment(await book('payment'))).toEqual({
      subject: null,
      roles: ['service'],
      issuer: 'book',
    })
  })

  test('is no user when a service says so: only the router speaks for users', async () => {
    const caller = await payment(await book('payment', guest('guest1', 'agent')))
    expect(caller).toEqual({ subject: null, roles: ['service'], issuer: 'book' })
  })

  test('is no service when the router says so', async () => {
    const caller = await payment(await router('payment', guest('guest1', 'service')))
    expect(caller).toEqual({ subject: 'guest1', roles: ['guest'], issuer: 'router' })
  })
})

test('a token is short-lived and names signer, audience and user', async () => {
  const signed = await router('payment', guest('guest1'))
  expect(decodeProtectedHeader(signed)).toEqual({ alg: 'EdDSA', kid: 'router' })
  const { iat = 0, ...claims } = decodeJwt(signed)
  expect(claims).toEqual({ iss: 'router', aud: 'payment', sub: 'guest1', roles: ['guest'], exp: iat + 120 })
})

test('a token is made anew for another user, other roles and another audience, and after a minute', async () => {
  holdClocks()
  const user = guest('guest1')
  const first = await router('payment', user)
  expect(await router('payment', guest('guest1'))).toBe(first)
  expect(await router('payment', guest('guest2'))).not.toBe(first)
  expect(await router('payment', guest('guest1', 'host'))).not.toBe(first)
  expect(await router('book', user)).not.toBe(first)
  vi.advanceTimersByTime(59_000)
  expect(await router('payment', user)).toBe(first)
  vi.advanceTimersByTime(2_000)
  await eventually(async () => (await router('payment', user)) !== first)
  expect(await payment(first), 'still good with those who have it').toMatchObject({ subject: 'guest1' })
})

test('a checked token is good until it expires, and not remembered for longer', async () => {
  holdClocks()
  const signed = await router('payment', guest('guest9'))
  vi.advanceTimersByTime(119_000)
  expect(await payment(signed)).toMatchObject({ subject: 'guest9' })
  vi.advanceTimersByTime(2_000)
  await eventually(async () => (await payment(signed)) === null)
})

describe('a token does not hold that is', () => {
  test.each<[string, JWTPayload, object?]>([
    ['for another subgraph', { aud: 'book' }],
    ['for nobody', { aud: undefined }],
    ['expired', { exp: seconds() - 1 }],
    ['without an end', { exp: undefined }],
    ['without a beginning', { iat: undefined }],
    ['not valid yet', { nbf: seconds() + 60 }],
    ['of no issuer', { iss: undefined }],
    ['of an issuer that did not sign it', { iss: 'book' }],
    ['signed by another key than it names', {}, { kid: 'book' }],
    ['signed by a key that nobody knows', {}, { kid: 'stranger' }],
  ])('%s', async (_, claims, header) => {
    expect(await payment(await token(claims, header))).toBe(null)
  })

  test('the router’s in name only', async () => {
    const { privateKey } = await createIdentity('router')
    expect(await payment(await token({}, {}, privateKey))).toBe(null)
  })

  test('book’s, who says to be the router', async () => {
    expect(await payment(await token({}, { kid: 'book' }, pairs.book.privateKey))).toBe(null)
  })

  test('not signed, signed by a shared secret, or no token', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: 'router', aud: 'payment', sub: 'agent1', roles: ['agent'], iat: 1, exp: 9e9 }
    const secret = new TextEncoder().encode(JSON.stringify(pairs.router.publicKey))
    const tokens = [
      `${part({ alg: 'none', kid: 'router' })}.${part(claims)}.`,
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'router' }).sign(secret),
      '',
      'x',
      '..',
    ]
    for (const bad of tokens) expect(await payment(bad)).toBe(null)
  })
})

test('a key without a name makes no signer', async () => {
  const { kid: _, ...nameless } = pairs.router.privateKey
  await expect(createSigner(JSON.stringify(nameless))).rejects.toThrow('kid')
})
