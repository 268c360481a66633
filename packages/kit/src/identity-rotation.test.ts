import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeProtectedHeader, type JWK } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readEnv, serviceEnv } from './env.ts'
import { createIdentity, createSigner, createVerifier } from './identity.ts'
import { addKey, nextKeyId, readKeySet, retireKey } from './identity-keys.ts'
import { createTestLog, eventually } from './testing.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-'))
})
afterEach(() => rm(folder, { recursive: true }))

let versions = 0
/** Replaces a file as Kubernetes does in volumes: its folder is a symbolic link that is swapped. */
async function put(name: string, text: string): Promise<string> {
  const version = join(folder, `version-${versions}`)
  versions += 1
  await mkdir(version)
  await writeFile(join(version, name), text)
  const link = join(folder, `${name}.d`)
  await symlink(version, `${link}.new`)
  await rename(`${link}.new`, link)
  return `file:${join(link, name)}`
}

const setOf = (...keys: JWK[]) => JSON.stringify({ keys })
const guest = { subject: 'guest1', roles: ['guest'] }

test('each key of a service speaks for it, and for no other', async () => {
  const [first, second, book] = await Promise.all(['router', 'router.2', 'book.2'].map(createIdentity))
  if (!first || !second || !book) throw new Error('no keys')
  const verify = createVerifier('payment', setOf(first.publicKey, second.publicKey, book.publicKey))
  for (const { privateKey } of [first, second]) {
    const token = await (await createSigner(JSON.stringify(privateKey)))('payment', guest)
    expect(decodeProtectedHeader(token).kid).toBe(privateKey.kid)
    expect(await verify(token)).toMatchObject({ subject: 'guest1', issuer: 'router' })
  }
  const asBook = await createSigner(JSON.stringify(book.privateKey))
  expect(await verify(await asBook('payment', guest))).toMatchObject({ subject: null, issuer: 'book' })
  const inDisguise = await createSigner(JSON.stringify({ ...book.privateKey, kid: 'router.2' }))
  expect(await verify(await inDisguise('payment', guest))).toBe(null)
})

test('a rotation refuses no request, and the old key means nothing any more', async () => {
  const old = await createIdentity('router')
  const next = await createIdentity('router.2')
  const keysAt = await put('keys.json', setOf(old.publicKey))
  const keyAt = await put('key.json', JSON.stringify(old.privateKey))
  const verify = createVerifier('payment', keysAt)
  const sign = await createSigner(keyAt)
  const stolen = await sign('payment', { subject: 'thief', roles: ['agent'] })
  expect(await verify(stolen)).toMatchObject({ subject: 'thief' })

  let user = 0
  /** Asks, as old users and as new ones, until `isDone` says so of a token. */
  const askUntil = (isDone: (token: string) => boolean | Promise<boolean>) =>
    eventually(async () => {
      user += 1
      for (const subject of ['guest1', `guest${user}`]) {
        const token = await sign('payment', { subject, roles: ['guest'] })
        if ((await verify(token)) === null) throw new Error(`refused: ${subject}`)
        if (await isDone(token)) return true
      }
      return false
    })

  await put('keys.json', setOf(old.publicKey, next.publicKey))
  const early = await (await createSigner(JSON.stringify(next.privateKey)))('payment', guest)
  await askUntil(async () => (await verify(early)) !== null)
  await put('key.json', JSON.stringify(next.privateKey))
  await askUntil((token) => decodeProtectedHeader(token).kid === 'router.2')
  expect(await verify(stolen), 'good until its key is retired').not.toBe(null)
  await put('keys.json', setOf(next.publicKey))
  await askUntil(async () => (await verify(stolen)) === null)
})

test('a token with an unknown key has the set read again before it is refused', async () => {
  const old = await createIdentity('router')
  const next = await createIdentity('router.2')
  const verify = createVerifier('payment', await put('keys.json', setOf(old.publicKey)))
  const token = await (await createSigner(JSON.stringify(next.privateKey)))('payment')
  await put('keys.json', setOf(old.publicKey, next.publicKey))
  expect(await verify(token)).toMatchObject({ issuer: 'router' })
})

test.each<[string, (key: JWK) => string]>([
  ['no JSON', () => '{"keys":['],
  ['another key without a kid', (key) => setOf(key, { ...key, kid: undefined } as unknown as JWK)],
  ['two keys of one kid', (key) => setOf(key, key)],
  ['nothing', () => ''],
])('a set that becomes %s is not used: the one before stays, and it is logged', async (_, broken) => {
  const { publicKey, privateKey } = await createIdentity('router')
  const { log, lines } = createTestLog()
  const verify = createVerifier('payment', await put('keys.json', setOf(publicKey)), log)
  const sign = await createSigner(JSON.stringify(privateKey))
  await put('keys.json', broken(publicKey))
  await eventually(() => lines.some(({ level }) => level === 50))
  expect(await verify(await sign('payment'))).toMatchObject({ issuer: 'router' })
  const next = await createIdentity('router.2')
  await put('keys.json', setOf(next.publicKey))
  await eventually(async () => (await verify(await sign('payment'))) === null)
})

describe('a key set', () => {
  test('that is of no use at the start is said so', async () => {
    const { publicKey, privateKey } = await createIdentity('router')
    expect(() => createVerifier('payment', setOf(publicKey, publicKey))).toThrow('two keys have one kid')
    expect(() => createVerifier('payment', setOf(privateKey))).toThrow('a private key does not belong here')
    expect(() => createVerifier('payment', `file:${folder}/none`)).toThrow('ENOENT')
  })

  test('gets keys with numbers of their own, and keeps the last of each service', async () => {
    let set = readKeySet('{"keys":[]}')
    for (const expected of ['room', 'room.2', 'room.3']) {
      const kid = nextKeyId(set, 'room')
      expect(kid).toBe(expected)
      set = addKey(set, (await createIdentity(kid)).publicKey)
    }
    set = retireKey(retireKey(set, 'room'), 'room.2')
    expect(nextKeyId(set, 'room')).toBe('room.4')
    expect(() => retireKey(set, 'room.3')).toThrow('last key of room')
    expect(() => retireKey(set, 'room.2')).toThrow('no key room.2')
    await expect(createIdentity('room.x')).rejects.toThrow()
  })

  test('may be in a file that a setting names', async () => {
    const { IDENTITY_KEYS } = readEnv(z.object({ IDENTITY_KEYS: serviceEnv.IDENTITY_KEYS }), {
      IDENTITY_KEYS_FILE: '/etc/keys.json',
    })
    expect(IDENTITY_KEYS).toBe('file:/etc/keys.json')
  })
})
