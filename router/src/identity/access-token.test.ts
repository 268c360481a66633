import { describe, expect, test } from 'vitest'
import { inSeconds } from '../testing.ts'
import { NotAccepted, readAccessToken } from './access-token.ts'
import { rules } from './testing.ts'

const good = { iss: 'https://issuer.example', aud: 'myhotel', sub: 'guest1', roles: ['guest'] }
const guest1 = { subject: 'guest1', roles: ['guest'] }
const read = (claims: object, header: object = {}, more: Partial<typeof rules> = {}) =>
  readAccessToken({ alg: 'RS256', ...header }, { ...good, ...claims }, { ...rules, ...more })

describe('the type of a token', () => {
  test.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt'])('%s is taken', (typ) => {
    expect(read({}, { typ })).toEqual(guest1)
  })

  test.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'token-introspection+jwt', 'text/at+jwt', ''])(
    '%j is another kind of token',
    (typ) => {
      expect(() => read({}, { typ })).toThrow(NotAccepted)
    },
  )

  test('can be demanded', () => {
    const strict = { type: 'at+jwt' }
    expect(read({}, { typ: 'application/at+jwt' }, strict)).toEqual(guest1)
    for (const typ of ['JWT', undefined, 5]) expect(() => read({}, { typ }, strict)).toThrow('typ')
  })
})

describe('tokens of the same issuer, and the same audience, that let nobody in', () => {
  test.each<[string, object]>([
    ['an ID token with an access token', { at_hash: 'x' }],
    ['an ID token with a code', { c_hash: 'x' }],
    ['an ID token asked for with a nonce', { nonce: 'x' }],
    ['an ID token of Keycloak', { typ: 'ID' }],
    ['a refresh token of Keycloak', { typ: 'Refresh' }],
    ['an ID token of Cognito', { token_use: 'id' }],
    ['a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
    ['a token bound to a DPoP key', { cnf: { jkt: 'x' } }],
    ['a token bound to a certificate', { cnf: { 'x5t#S256': 'x' } }],
  ])('%s', (_, claims) => {
    expect(() => read(claims)).toThrow(NotAccepted)
  })

  test('a bound token is none, whatever its type', () => {
    expect(() => read({ cnf: { jkt: 'x' } }, { typ: 'at+jwt' })).toThrow('cnf')
  })
})

describe('the audience', () => {
  test('may be one of several', () => {
    expect(read({ aud: ['account', 'myhotel'] })).toEqual(guest1)
    expect(() => read({ aud: ['account'] })).toThrow('audience')
    expect(read({ aud: 'b' }, {}, { audiences: ['a', 'b'] })).toEqual(guest1)
  })

  test('is in another claim, where the environment says so', () => {
    const byClient = { audienceClaim: 'client_id', audiences: ['web', 'app'] }
    expect(read({ aud: undefined, client_id: 'app' }, {}, byClient)).toEqual(guest1)
    expect(() => read({ aud: 'app', client_id: 'other' }, {}, byClient)).toThrow('client_id')
    expect(() => read({ aud: 'app' }, {}, byClient)).toThrow('client_id')
    expect(() => read({}, {}, { audienceClaim: 'constructor', audiences: ['Object'] })).toThrow('audience')
  })

  test.each([undefined, null, 5, {}, { 0: 'myhotel' }, [], [['myhotel']], 'MyHotel', 'myhotel '])(
    '%j is not ours',
    (aud) => {
      expect(() => read({ aud })).toThrow('audience')
    },
  )
})

test.each([undefined, null, 5, '', ['guest1'], {}, 'a\u0000b', 'a\r\nb', 'x'.repeat(256)])(
  'the subject %j names nobody',
  (sub) => {
    expect(() => read({ sub })).toThrow('subject')
  },
)

test('a token of tomorrow is none of today', () => {
  expect(() => read({ iat: inSeconds(86_400) })).toThrow('iat')
})

/** The claims that decide, in the shape in which these issuers have them. */
describe('tokens as issuers make them', () => {
  test('Keycloak', () => {
    const claims = {
      typ: 'Bearer',
      azp: 'myhotel-web',
      aud: ['myhotel', 'account'],
      sub: 'f1b2c0de-0000-4000-8000-000000000001',
      realm_access: { roles: ['offline_access', 'guest', 'host'] },
      nonce: 'x',
    }
    expect(read(claims, { typ: 'JWT' }, { rolesClaim: 'realm_access.roles' })).toEqual({
      subject: claims.sub,
      roles: ['guest', 'host'],
    })
    expect(() => read({ ...claims, typ: 'ID' }, { typ: 'JWT' })).toThrow(NotAccepted)
  })

  test('Auth0', () => {
    const claims = {
      iss: 'https://tenant.eu.auth0.com/',
      aud: ['myhotel', 'https://tenant.eu.auth0.com/userinfo'],
      sub: 'auth0|0123456789',
      'https://myhotel.example/roles': ['agent'],
    }
    const rolesClaim = 'https://myhotel.example/roles'
    expect(read(claims, { typ: 'JWT' }, { rolesClaim })).toEqual({ subject: claims.sub, roles: ['agent'] })
  })

  test('Cognito', () => {
    const cognito = { audienceClaim: 'client_id', audiences: ['web'], rolesClaim: 'cognito:groups' }
    const claims = { aud: undefined, client_id: 'web', token_use: 'access', 'cognito:groups': ['host'] }
    expect(read(claims, {}, cognito)).toEqual({ subject: 'guest1', roles: ['host'] })
    expect(() => read({ ...claims, token_use: 'id' }, {}, cognito)).toThrow('token_use')
  })
})
