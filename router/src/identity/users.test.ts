import type { Logger } from '@myhotel/kit/logger'
import { createTestLog, eventually } from '@myhotel/kit/testing'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCleanup, inSeconds, startIssuer } from '../testing.ts'
import { createUsers, type Users } from './users.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

let issuer: Awaited<ReturnType<typeof startIssuer>>
beforeEach(async () => {
  issuer = await startIssuer(cleanup)
})

async function startUsers(
  options: { rolesClaim?: string; issuer?: string; log?: Logger } = {},
): Promise<Users> {
  const users = createUsers({
    issuer: issuer.url,
    audience: 'myhotel',
    rolesClaim: 'roles',
    log: createTestLog().log,
    ...options,
  })
  await users.start?.({ check: async () => ({ ready: true, parts: {} }) })
  cleanup.add(() => users.stop?.())
  return users
}

const ready = (users: Users) => eventually(() => users.ready?.().then(() => true))
const refused = { status: 401, code: 'UNAUTHENTICATED' }
const away = { status: 503, code: 'SERVICE_UNAVAILABLE' }

test.each(['RS256', 'ES256', 'EdDSA'])('a token signed by %s names its user', async (alg) => {
  const sign = await issuer.createKey(alg, 'k1')
  const users = await startUsers()
  await ready(users)
  const token = await sign({ sub: 'host7', roles: ['guest', 'host'] })
  const host7 = { subject: 'host7', roles: ['guest', 'host'] }
  expect(await users.of(`Bearer ${token}`)).toEqual(host7)
  expect(users.of(`bearer ${token}`), 'the second time, at once').toEqual(host7)
})

test('without a token nobody in particular asks', async () => {
  const users = await startUsers()
  expect(await users.of(undefined)).toEqual({ subject: null, roles: [] })
})

test.each([
  ['realm_access.roles', { realm_access: { roles: ['host', 'offline_access'] } }, ['host']],
  ['https://myhotel.example/roles', { 'https://myhotel.example/roles': ['agent'] }, ['agent']],
  ['scope', { scope: 'openid guest' }, ['guest']],
  ['roles', { roles: ['service', 'admin', 'guest'] }, ['guest']],
  ['roles', { roles: { guest: true } }, []],
  ['constructor.name', {}, []],
])('roles are read from the claim %s', async (rolesClaim, claims, roles) => {
  const sign = await issuer.createKey('EdDSA', 'k1')
  const users = await startUsers({ rolesClaim })
  await ready(users)
  expect(await users.of(`Bearer ${await sign({ roles: undefined, ...claims })}`)).toMatchObject({ roles })
})

test.each<[string, Record<string, unknown>]>([
  ['expired', { exp: inSeconds(-31) }],
  ['that never expires', { exp: undefined }],
  ['not valid yet', { nbf: inSeconds(60) }],
  ['of another issuer', { iss: 'https://elsewhere.example' }],
  ['for another audience', { aud: 'another' }],
  ['of nobody', { sub: undefined }],
])('a token %s is refused', async (_, claims) => {
  const sign = await issuer.createKey('ES256', 'k1')
  const users = await startUsers()
  await ready(users)
  expect(await users.of(`Bearer ${await sign(claims)}`)).toMatchObject(refused)
})

test('the clocks may differ by half a minute', async () => {
  const sign = await issuer.createKey('EdDSA', 'k1')
  const users = await startUsers()
  await ready(users)
  for (const claims of [{ exp: inSeconds(-20) }, { nbf: inSeconds(20) }]) {
    expect(await users.of(`Bearer ${await sign(claims)}`)).toMatchObject({ subject: 'guest1' })
  }
})

test('forged tokens are refused', async () => {
  const sign = await issuer.createKey('RS256', 'k1')
  const users = await startUsers()
  await ready(users)
  const claims = { iss: issuer.url, aud: 'myhotel', sub: 'agent1', roles: ['agent'], exp: inSeconds(60) }
  const [header, , signature] = (await sign({})).split('.')
  const other = Buffer.from(JSON.stringify(claims)).toString('base64url')
  // The public key, which everyone knows, as the secret of a symmetric algorithm.
  const secret = Buffer.from(JSON.stringify(issuer.keys[0]))
  const forged = [
    `${header}.${other}.${signature}`,
    new UnsecuredJWT(claims).encode(),
    await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret),
    await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: '../../dev/null' }).sign(secret),
  ]
  for (const token of [...forged, '', 'x', 'a.b.c', 'eyJhbGciOiJub25lIn0..']) {
    expect(await users.of(`Bearer ${token}`), token).toMatchObject(refused)
  }
  expect(await users.of('Basic Z3Vlc3QxOng=')).toMatchObject(refused)
})

test('a new key of the issuer is taken in when its first token comes', async () => {
  await issuer.createKey('EdDSA', 'old')
  const users = await startUsers()
  await ready(users)
  const sign = await issuer.createKey('EdDSA', 'new')
  const token = await sign({})
  await eventually(async () => 'subject' in (await users.of(`Bearer ${token}`)))
})

test('an issuer that is away: no tokens yet, but nobody is kept out; back, all is well', async () => {
  const sign = await issuer.createKey('EdDSA', 'k1')
  issuer.away = true
  const { log, lines } = createTestLog()
  const users = await startUsers({ log })
  await eventually(() => lines.some(({ loop }) => loop === 'keys of the issuer'))
  const token = await sign({})
  expect(await users.of(`Bearer ${token}`)).toMatchObject(away)
  expect(await users.of(undefined)).toMatchObject({ subject: null })
  await expect(users.ready?.()).rejects.toThrow('keys')

  issuer.away = false
  await ready(users)
  expect(await users.of(`Bearer ${token}`)).toMatchObject({ subject: 'guest1' })
  issuer.away = true
  expect(await users.of(`Bearer ${await sign({ sub: 'guest2' })}`), 'known keys stay good').toMatchObject({
    subject: 'guest2',
  })
}, 20_000)

test('a document that names another issuer is not believed', async () => {
  const sign = await issuer.createKey('EdDSA', 'k1')
  const users = await startUsers({ issuer: `${issuer.url}/` })
  expect(await users.of(`Bearer ${await sign({ iss: `${issuer.url}/` })}`)).toMatchObject(away)
})
