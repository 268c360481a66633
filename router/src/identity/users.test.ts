import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCleanup, inSeconds } from '../testing.ts'
import { refused, startIdentity } from './testing.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

let identity: Awaited<ReturnType<typeof startIdentity>>
beforeEach(async () => {
  identity = await startIdentity(cleanup)
})

test.each(['RS256', 'ES256', 'EdDSA', 'Ed25519'])('a token signed by %s names its user', async (alg) => {
  const sign = await identity.issuer.createKey(alg, 'k1')
  const users = await identity.startReadyUsers()
  const token = await sign({ sub: 'host7', roles: ['guest', 'host'] })
  const host7 = { subject: 'host7', roles: ['guest', 'host'] }
  expect(await users.of(`Bearer ${token}`)).toEqual(host7)
  expect(users.of(`bearer ${token}`), 'the second time, at once').toEqual(host7)
})

test('without a token nobody in particular asks', async () => {
  const users = await identity.startUsers()
  expect(await users.of(undefined)).toEqual({ subject: null, roles: [] })
})

test.each<[string, Record<string, unknown>]>([
  ['expired', { exp: inSeconds(-31) }],
  ['that never expires', { exp: undefined }],
  ['whose expiry is no number', { exp: '9999999999' }],
  ['not valid yet', { nbf: inSeconds(60) }],
  ['issued in the future', { iat: inSeconds(60) }],
  ['of another issuer', { iss: 'https://elsewhere.example' }],
  ['of no issuer', { iss: undefined }],
  ['for another audience', { aud: 'another' }],
  ['for nobody', { aud: undefined }],
  ['of nobody', { sub: undefined }],
])('a token %s is refused', async (_, claims) => {
  const sign = await identity.issuer.createKey('ES256', 'k1')
  const users = await identity.startReadyUsers()
  expect(await users.of(`Bearer ${await sign(claims)}`)).toMatchObject(refused)
})

test('the clocks may differ by half a minute', async () => {
  const sign = await identity.issuer.createKey('EdDSA', 'k1')
  const users = await identity.startReadyUsers()
  for (const claims of [{ exp: inSeconds(-20) }, { nbf: inSeconds(20) }, { iat: inSeconds(20) }]) {
    expect(await users.of(`Bearer ${await sign(claims)}`)).toMatchObject({ subject: 'guest1' })
  }
})

test('a token longer than any that is meant is refused before any work', async () => {
  const sign = await identity.issuer.createKey('EdDSA', 'k1')
  const users = await identity.startReadyUsers()
  const answer = users.of(`Bearer ${await sign({ more: 'x'.repeat(8_192) })}`)
  expect(answer, 'at once').toMatchObject(refused)
})

test.each(['Basic Z3Vlc3QxOng=', 'Bearer', 'Bearer ', 'Bearer a b', 'Bearer \u0000', 'Bearer ü', ''])(
  'the header %j names nobody, and that is not nobody in particular',
  async (authorization) => {
    const users = await identity.startUsers()
    expect(await users.of(authorization)).toMatchObject(refused)
  },
)
