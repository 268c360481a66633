import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { hotel } from '../fixture.ts'
import { createCleanup, startRouter } from '../testing.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

const room = 'query Room($id: ID!) { room(id: $id) { name } }'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const manifest = (...operations: object[]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
})
const known = manifest({ id: sha256(room), name: 'Room', type: 'query', body: room })

async function start(content: object | null) {
  const folder = await mkdtemp(join(tmpdir(), 'documents-'))
  cleanup.add(() => rm(folder, { recursive: true }))
  const DOCUMENTS_FILE = join(folder, 'manifest.json')
  await writeFile(DOCUMENTS_FILE, JSON.stringify(content))
  const { url } = await startRouter(
    cleanup,
    hotel(),
    content ? { DOCUMENTS: 'persisted', DOCUMENTS_FILE } : {},
  )
  return async (body: object) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ variables: { id: 'r1' }, ...body }),
    })
    return { status: response.status, ...((await response.json()) as object) }
  }
}

const apq = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })
const answered = { status: 200, data: { room: { name: 'Room r1' } } }
const notTrusted = { status: 400, errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] }

test('with a manifest only what is in it is executed, however it is named', async () => {
  const post = await start(known)
  expect(await post({ documentId: sha256(room) })).toEqual(answered)
  expect(await post({ documentId: `sha256:${sha256(room)}` })).toEqual(answered)
  expect(await post(apq(sha256(room)))).toEqual(answered)
  expect(await post({ query: room })).toEqual(answered)

  for (const query of ['{ __typename }', `${room} `, '{ __schema { types { name } } }', 'nonsense']) {
    expect(await post({ query })).toMatchObject(notTrusted)
    expect(await post({ query, ...apq(sha256(query)) })).toMatchObject(notTrusted)
    expect(await post(apq(sha256(query))), 'nothing is added to the manifest').toMatchObject(notTrusted)
  }
  expect(
    await post({ query: '{ __typename }', ...apq(sha256(room)) }),
    'nor does a hash lend itself',
  ).toMatchObject(notTrusted)
  expect(await post({ documentId: '__proto__' })).toMatchObject(notTrusted)
})

test('documents may have names of the client’s', async () => {
  const post = await start({ 'room-1': room })
  expect(await post({ documentId: 'room-1' })).toEqual(answered)
  expect(await post({ query: room })).toEqual(answered)
})

test('without a manifest a document is known by its hash once it has been sent', async () => {
  const post = await start(null)
  const unknown = { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] }
  expect(await post({ documentId: sha256(room) })).toMatchObject(unknown)
  expect(await post({ query: room, ...apq(sha256(room)) })).toEqual(answered)
  expect(await post({ documentId: sha256(room) })).toEqual(answered)
  const wrong = { status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] }
  expect(await post({ query: '{ __typename }', ...apq(sha256(room)) })).toMatchObject(wrong)
  expect(await post({ extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } })).toMatchObject(wrong)
})
