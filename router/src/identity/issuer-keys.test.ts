import { createTestLog, eventually } from '@myhotel/kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCleanup } from '../testing.ts'
import { areReady, away, refused, startIdentity } from './testing.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

let identity: Awaited<ReturnType<typeof startIdentity>>
beforeEach(async () => {
  identity = await startIdentity(cleanup)
})

test('a router that has started knows the keys of its issuer', async () => {
  const sign = await identity.issuer.createKey('EdDSA', 'k1')
  const users = await identity.startUsers()
  expect(await users.of(`Bearer ${await sign({})}`)).toMatchObject({ subject: 'guest1' })
})

test('a new key of the issuer is taken in when its first token comes', async () => {
  await identity.issuer.createKey('EdDSA', 'old')
  const users = await identity.startReadyUsers()
  const sign = await identity.issuer.createKey('EdDSA', 'new')
  const token = await sign({})
  await eventually(async () => 'subject' in (await users.of(`Bearer ${token}`)))
})

test('a key that the issuer has withdrawn is good no more once the keys are fetched again', async () => {
  const { issuer } = identity
  const old = await issuer.createKey('EdDSA', 'old')
  const users = await identity.startReadyUsers()
  issuer.keys.length = 0
  const sign = await issuer.createKey('EdDSA', 'new')
  const token = await sign({})
  await eventually(async () => 'subject' in (await users.of(`Bearer ${token}`)))
  expect(await users.of(`Bearer ${await old({ sub: 'guest2' })}`)).toMatchObject(refused)
})

test('an issuer that is away: no tokens yet, but nobody is kept out; back, all is well', async () => {
  const { issuer } = identity
  const sign = await issuer.createKey('EdDSA', 'k1')
  issuer.away = true
  const { log, lines } = createTestLog()
  const users = await identity.startUsers({ log })
  await eventually(() => lines.some(({ loop }) => loop === 'keys of the issuer'))
  const token = await sign({})
  expect(await users.of(`Bearer ${token}`)).toMatchObject(away)
  expect(await users.of(undefined)).toMatchObject({ subject: null })
  await expect(users.ready?.()).rejects.toThrow('keys')

  issuer.away = false
  await areReady(users)
  expect(await users.of(`Bearer ${token}`)).toMatchObject({ subject: 'guest1' })
  issuer.away = true
  expect(await users.of(`Bearer ${await sign({ sub: 'guest2' })}`), 'known keys stay good').toMatchObject({
    subject: 'guest2',
  })
})

test('tokens with unknown keys do not make the router ask the issuer again and again', async () => {
  const { issuer } = identity
  const sign = await issuer.createKey('EdDSA', 'k1')
  const users = await identity.startReadyUsers()
  const askAll = async () => {
    const before = issuer.requests
    for (let index = 0; index < 200; index += 1) {
      await users.of(`Bearer ${await sign({ sub: `guest${index}` }, { kid: `unknown-${index}` })}`)
    }
    return issuer.requests - before
  }
  // At most once a second, and two hundred tokens take less than the five that are allowed for here.
  expect(await askAll()).toBeLessThanOrEqual(5)
  issuer.away = true
  expect(await askAll(), 'while it is away').toBeLessThanOrEqual(5)
})

test('a document that names another issuer is not believed', async () => {
  const sign = await identity.issuer.createKey('EdDSA', 'k1')
  const users = await identity.startUsers({ issuer: `${identity.issuer.url}/` })
  expect(await users.of(`Bearer ${await sign({ iss: `${identity.issuer.url}/` })}`)).toMatchObject(away)
})

test('without a name for its key a token is good while the issuer has one key that fits', async () => {
  const { issuer } = identity
  const sign = await issuer.createKey('EdDSA', 'k1')
  await issuer.createKey('ES256', 'k2')
  const users = await identity.startReadyUsers()
  expect(await users.of(`Bearer ${await sign({}, { kid: undefined })}`)).toMatchObject({ subject: 'guest1' })
})
