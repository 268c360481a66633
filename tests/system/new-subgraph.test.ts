import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../tools/system/client.ts'
import { type System, startSystem } from '../../tools/system/index.ts'
import { unhurried } from './hotel.ts'

/** A copy of the repository, in which nothing is touched but by the command under test. */
let copy = ''
let system: System | undefined

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'myhotel-copy-'))
  for (const entry of await readdir(ROOT)) {
    if (entry === '.git' || entry === '.data') continue
    if (entry === 'node_modules') await symlink(join(ROOT, entry), join(copy, entry))
    else await cp(join(ROOT, entry), join(copy, entry), { recursive: true, verbatimSymlinks: true })
  }
})

afterAll(async () => {
  await system?.stopAll()
  await rm(copy, { recursive: true, force: true })
})

/** Runs a program in the copy; the result is what it said, or empty where it ended well. */
function failureOf(program: string, ...args: string[]): string {
  const bin = join(copy, 'node_modules/.bin')
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync(join(bin, program), args, { cwd: copy, env, encoding: 'utf8' })
  return status === 0 ? '' : stderr + stdout
}

test('a new subgraph passes every check as it is made', async () => {
  expect(failureOf('node', 'tools/new-subgraph.ts', 'review', '--no-install')).toBe('')
  // What installing would do: it has the same dependencies as this one.
  const dependencies = ['room', 'review'].map((name) => join(copy, 'subgraphs', name, 'node_modules')) as [
    string,
    string,
  ]
  await cp(...dependencies, { recursive: true, verbatimSymlinks: true })
  const checks = 'types,lint,boundaries,generated,supergraph,migrations,unit,adapters'
  expect(failureOf('node', 'tools/test.ts', '--only', checks, 'subgraphs/review')).toBe('')
  expect(failureOf('node', 'tools/test.ts', '--only', 'manifests')).toBe('')
})

test('it runs beside the others, and its fields are the gateway’s', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'myhotel-data-'))
  system = await startSystem({ root: copy, dataDir, env: unhurried })
  const [host, guest] = await Promise.all([system.token('host1'), system.token('guest1')])
  const price = { amount: 10_000, currency: 'EUR' }
  const input = { name: 'Attic', pricePerNight: price, city: 'Lyon', country: 'FR' }
  const registered = await ask<{ registerRoom: { room: { id: string } } }>(
    host,
    `mutation ($input: RegisterRoomInput!) { registerRoom(input: $input) { ... on RoomRegistered { room { id } } } }`,
    { input },
  )
  const { id } = registered.registerRoom.room
  await ask(guest, 'mutation ($id: ID!) { addReview(roomId: $id, text: "Quiet.") { __typename } }', { id })
  const seen = '{ name reviews { text authorId room { name } } }'
  expect(await ask(guest, `query ($id: ID!) { room(id: $id) ${seen} }`, { id })).toEqual({
    room: { name: 'Attic', reviews: [{ text: 'Quiet.', authorId: 'guest1', room: { name: 'Attic' } }] },
  })
})

async function ask<Data>(token: string, query: string, variables: object): Promise<Data> {
  const response = await fetch(system?.record.router ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown }
  expect(errors).toBeUndefined()
  return data
}
