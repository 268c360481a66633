import { createSigner, createVerifier } from '@myhotel/kit/identity'
import { expect, test } from 'vitest'
import { createApi } from './api.ts'
import { keepSecrets, type Wanted } from './secrets.ts'

const wanted: Wanted = {
  router: ['IDENTITY_PRIVATE_KEY', 'REDIS_URL'],
  room: ['IDENTITY_PRIVATE_KEY', 'ROOM_DATABASE_URL', 'NATS_URL'],
  marketing: ['MARKETING_DATABASE_URL', 'NATS_URL'],
}

type Kept = { metadata: { name: string; resourceVersion?: string }; data: Record<string, string> }

/** An API server that keeps what it is given, and refuses who writes over what he has not read. */
function cluster() {
  const objects = new Map<string, Kept>()
  let version = 0
  const answer = (status: number, body: object = {}) => new Response(JSON.stringify(body), { status })
  const send: typeof fetch = async (input, { method, body } = {}) => {
    const path = new URL(String(input)).pathname.replace('/api/v1/namespaces/myhotel/', '')
    const there = objects.get(path)
    if (method === 'GET') return there ? answer(200, there) : answer(404)
    const sent: Kept = JSON.parse(String(body))
    const key = method === 'POST' ? `${path}/${sent.metadata.name}` : path
    const isStale = objects.get(key)?.metadata.resourceVersion !== sent.metadata.resourceVersion
    if (isStale) return answer(409)
    sent.metadata.resourceVersion = String(++version)
    objects.set(key, sent)
    return answer(200, sent)
  }
  const keep = createApi({ server: 'https://api', token: 't', namespace: 'myhotel', fetch: send })
  const read = (path: string) => {
    const data = objects.get(path)?.data ?? {}
    if (path.startsWith('configmaps/')) return data
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, atob(value)]))
  }
  return { keep, read, objects, snapshot: () => JSON.stringify([...objects]) }
}

test('each workload gets what it wants, and the stores the passwords that are in it', async () => {
  const { keep, read } = cluster()
  await keepSecrets(keep, wanted)
  expect(Object.keys(read('secrets/room'))).toEqual(wanted.room)
  const { ROOM_DATABASE_URL = '', NATS_URL = '' } = read('secrets/room')
  expect(ROOM_DATABASE_URL).toMatch(/^postgresql:\/\/room:[\w-]{32}@postgres:5432\/room$/)
  expect(read('secrets/nats')['auth.conf']).toContain(new URL(NATS_URL).password)
  const { REDIS_URL = '' } = read('secrets/router')
  expect(read('secrets/redis')['password.conf']).toContain(new URL(REDIS_URL).password)
})

test('who has a private key is known by identity-keys', async () => {
  const { keep, read } = cluster()
  await keepSecrets(keep, wanted)
  const sign = await createSigner(read('secrets/room').IDENTITY_PRIVATE_KEY ?? '')
  const verify = createVerifier('book', read('configmaps/identity-keys')['keys.json'] ?? '')
  expect(await verify(await sign('book'))).toMatchObject({ issuer: 'room' })
})

test('a second run changes nothing', async () => {
  const { keep, snapshot } = cluster()
  await keepSecrets(keep, wanted)
  const before = snapshot()
  await keepSecrets(keep, wanted)
  expect(snapshot()).toBe(before)
})

test('what somebody changed stays, what is missing is added', async () => {
  const { keep, read, objects } = cluster()
  await keepSecrets(keep, wanted)
  await keep('secrets', 'room', (data) => ({ ...data, NATS_URL: 'nats://elsewhere:4222' }))
  objects.delete('secrets/marketing')
  await keepSecrets(keep, { ...wanted, review: ['IDENTITY_PRIVATE_KEY', 'REVIEW_DATABASE_URL'] })
  expect(read('secrets/room').NATS_URL).toBe('nats://elsewhere:4222')
  expect(Object.keys(read('secrets/marketing'))).toEqual(wanted.marketing)
  expect(read('secrets/review').REVIEW_DATABASE_URL).toContain('/review')
  const { keys } = JSON.parse(read('configmaps/identity-keys')['keys.json'] ?? '')
  expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual(['router', 'room', 'review'])
})

test('two that run at once end with the same', async () => {
  const { keep, read } = cluster()
  await Promise.all([keepSecrets(keep, wanted), keepSecrets(keep, wanted)])
  const { ROOM_DATABASE_URL = '' } = read('secrets/room')
  expect(read('secrets/development-credentials')['password.room']).toBe(new URL(ROOM_DATABASE_URL).password)
})

test('a wish that nobody can fulfil is an error', async () => {
  const { keep } = cluster()
  await expect(keepSecrets(keep, { payment: ['STRIPE_SECRET_KEY'] })).rejects.toThrow('STRIPE_SECRET_KEY')
})
