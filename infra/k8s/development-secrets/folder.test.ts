import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSigner, createVerifier } from '@myhotel/kit/identity'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFolder } from './folder.ts'
import { keepSecrets } from './secrets.ts'

const wanted = { router: ['IDENTITY_PRIVATE_KEY', 'REDIS_URL'], room: ['ROOM_DATABASE_URL', 'NATS_URL'] }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'myhotel-secrets-'))
})
afterEach(() => rm(folder, { recursive: true }))

const read = (path: string) => readFile(join(folder, path), 'utf8')

test('each Secret is a folder, each entry a file', async () => {
  await keepSecrets(createFolder(folder), wanted)
  expect((await readdir(join(folder, 'room'))).sort()).toEqual(['NATS_URL', 'ROOM_DATABASE_URL'])
  const { password } = new URL(await read('room/NATS_URL'))
  expect(await read('nats/auth.conf')).toContain(password)
  const sign = await createSigner(await read('router/IDENTITY_PRIVATE_KEY'))
  const verify = createVerifier('room', await read('identity-keys/keys.json'))
  expect(await verify(await sign('room'))).toMatchObject({ issuer: 'router' })
})

test('a second run changes nothing, and adds what is missing', async () => {
  await keepSecrets(createFolder(folder), wanted)
  const url = await read('room/ROOM_DATABASE_URL')
  await writeFile(join(folder, 'redis/another.conf'), '')
  await rm(join(folder, 'room'), { recursive: true })
  await keepSecrets(createFolder(folder), { ...wanted, review: ['REVIEW_DATABASE_URL'] })
  expect(await read('room/ROOM_DATABASE_URL')).toBe(url)
  expect(await read('review/REVIEW_DATABASE_URL')).toContain('/review')
  expect((await readdir(join(folder, 'redis'))).sort()).toEqual(['another.conf', 'password.conf'])
})
