import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { generate } from '../../generate.ts'

/** A repository of two subgraphs, of which one has a database. */
let root = ''

beforeEach(async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  vi.spyOn(console, 'log').mockReturnValue()
  root = await mkdtemp(join(tmpdir(), 'myhotel-manifests-'))
  await write('package.json', '{ "version": "1.0.0" }')
  await write('router/package.json', '{ "calls": ["redis"] }')
  await write('router/supergraph.graphql', 'type Query { hotel: ID }')
  await write('subgraphs/room/package.json', '{ "rank": "core", "calls": ["postgres", "nats"] }')
  await write('prisma/room/migrations/1_init/migration.sql', 'CREATE EXTENSION IF NOT EXISTS cube;')
  await write('subgraphs/mypage/package.json', '{ "rank": "supporting", "calls": ["redis", "room"] }')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await rm(root, { recursive: true })
})

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}

const read = (path: string) => readFile(join(root, 'infra/k8s', path), 'utf8')
const isCurrent = async () => (await generate(['--manifests', '--check'], root)) === 0

test('a new subgraph without manifests is refused, and made good', async () => {
  await generate(['--manifests'], root)
  expect(await isCurrent()).toBe(true)
  await write('subgraphs/review/package.json', '{ "rank": "supporting", "calls": ["room"] }')
  expect(await isCurrent()).toBe(false)
  await generate(['--manifests'], root)
  expect(await isCurrent()).toBe(true)
  expect(await read('base/kustomization.yaml')).toContain('  - review\n')
  expect(await read('base/router/kustomization.yaml')).toContain(
    'REVIEW_URL=http://review-pods:4000|http://review:4000',
  )
})

test('what a subgraph that is gone had is refused, and taken away', async () => {
  await generate(['--manifests'], root)
  await rm(join(root, 'subgraphs/mypage'), { recursive: true })
  expect(await isCurrent()).toBe(false)
  await generate(['--manifests'], root)
  expect(await isCurrent()).toBe(true)
  expect(existsSync(join(root, 'infra/k8s/base/mypage/deployment.yaml'))).toBe(false)
})

test('what somebody changed by hand is refused', async () => {
  await generate(['--manifests'], root)
  await write('infra/k8s/base/room/deployment.yaml', 'kind: Deployment\n')
  expect(await isCurrent()).toBe(false)
})

test('who has a database is migrated, and waits for it', async () => {
  await generate(['--manifests'], root)
  expect(await read('base/room/migration.yaml')).toContain('args: [migrate, room, --within=600]')
  expect(await read('base/room/deployment.yaml')).toContain('args: [migrate, room, --wait]')
  expect(await read('components/cloudnative-pg/room.yaml')).toContain('    - name: cube\n')
  expect(existsSync(join(root, 'infra/k8s/base/mypage/migration.yaml'))).toBe(false)
})

test('who calls others has a key for it, and may connect to them', async () => {
  await generate(['--manifests'], root)
  expect(await read('components/development-secrets/wanted.yaml')).toContain(
    '"mypage": ["IDENTITY_PRIVATE_KEY", "REDIS_URL"]',
  )
  expect(await read('components/network-policies/room.yaml')).toContain('app.kubernetes.io/name: mypage')
  expect(await read('components/network-policies/mypage.yaml')).not.toContain('app.kubernetes.io/name: nats')
})

test('compose.yaml has what the folders have, and is refused where it does not', async () => {
  await generate(['--manifests'], root)
  const compose = await readFile(join(root, 'compose.yaml'), 'utf8')
  expect(compose).toContain('command: [migrate, room, --within=600]')
  expect(compose).toContain('ROOM_URL: http://room:4000')
  expect(compose).not.toContain('migrate-mypage')
  await write('compose.yaml', compose.replace('command: [room]', 'command: [mypage]'))
  expect(await isCurrent()).toBe(false)
})
