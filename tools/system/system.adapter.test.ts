import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { withClient, withUnfitClient } from '@myhotel/kit/postgres'
import { eventually } from '@myhotel/kit/testing'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeSmallRepository } from './fixture.ts'
import { type System, startSystem } from './index.ts'
import { isRunning } from './os-process.ts'
import { readRecord, type SystemRecord } from './record.ts'

const temporary = mkdtempSync(join(tmpdir(), 'myhotel launcher '))
const root = join(temporary, 'repository')
const dataDir = join(temporary, 'data')
let system: System | undefined
const launchers: ChildProcess[] = []

beforeAll(() => makeSmallRepository(root))
afterEach(async () => {
  for (const launcher of launchers.splice(0)) launcher.kill('SIGKILL')
  await system?.stopAll()
  system = undefined
  await eventually(() => readRecord(dataDir) === null)
})
afterAll(() => rmSync(temporary, { recursive: true }))

/** What a service of the small repository was told. */
async function environmentOf(name: string): Promise<Record<string, string>> {
  const response = await fetch(system?.url(name) ?? '')
  return (await response.json()) as Record<string, string>
}

/** Starts the system from a process of its own, which can be killed. */
async function launchElsewhere(): Promise<{ launcher: ChildProcess; record: SystemRecord }> {
  const library = pathToFileURL(join(import.meta.dirname, 'index.ts')).href
  const code = `const { startSystem } = await import(${JSON.stringify(library)})
    await startSystem(${JSON.stringify({ root, dataDir })})
    console.log('up')`
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  launchers.push(launcher)
  await once(launcher.stdout, 'data')
  const record = readRecord(dataDir)
  if (!record) throw new Error('no processes.json')
  return { launcher, record }
}

const stillRunning = ({ processes }: SystemRecord) =>
  processes
    .filter(({ pid, started }) => pid && started && isRunning({ pid, started }))
    .map(({ name }) => name)

test('each is told where the others are, its own database and its own key; processes.json knows all', async () => {
  system = await startSystem({ root, dataDir, replicas: { beta: 2 }, env: { ALPHA_GREETING: 'hello' } })
  const alpha = await environmentOf('alpha')
  expect(alpha).toMatchObject({
    ALPHA_DATABASE_URL: system.databaseUrl('alpha'),
    BETA_URL: system.url('beta'),
    NATS_URL: system.url('nats'),
    ALPHA_GREETING: 'hello',
  })
  expect(JSON.parse(alpha.IDENTITY_PRIVATE_KEY ?? '')).toMatchObject({ kid: 'alpha' })
  const beta = await environmentOf('beta#2')
  expect(beta).not.toHaveProperty('ALPHA_DATABASE_URL')
  const router = await environmentOf('router')
  expect(router.BETA_URL).toBe(`${system.url('beta')},${system.url('beta#2')}`)
  expect(readFileSync(join(dataDir, 'logs', 'migrations.log'), 'utf8')).toContain(
    `apply,alpha ${system.databaseUrl('alpha')}`,
  )

  const record = readRecord(dataDir)
  expect(record).toMatchObject({ state: 'running', router: `${system.url('router')}/graphql` })
  expect(stillRunning(record as SystemRecord).sort()).toEqual(
    [
      'alpha',
      'beta',
      'beta#2',
      'identity-provider',
      'mail-catcher',
      'nats',
      'postgres',
      'redis',
      'router',
    ].sort(),
  )
  expect(await system.addReplica('beta')).toBe('beta#3')
  await system.waitReady('beta#3')

  await system.stopAll()
  expect(stillRunning(record as SystemRecord)).toEqual([])
  expect(readRecord(dataDir)).toBe(null)
})

test('what dies comes back under the same address, with what it knew', async () => {
  system = await startSystem({ root, dataDir })
  const url = system.databaseUrl('alpha').replace('myhotel_alpha', 'postgres')
  await query(url, 'CREATE TABLE IF NOT EXISTS kept (id int)')
  for (const name of ['alpha', 'postgres', 'nats', 'redis']) {
    const { pid } = system.processes.find((entry) => entry.name === name) ?? {}
    system.kill(name)
    await eventually(() =>
      readRecord(dataDir)?.processes.some((entry) => entry.name === name && entry.restarts === 1),
    )
    await system.waitReady(name)
    const back = readRecord(dataDir)?.processes.find((entry) => entry.name === name)
    expect(back).toMatchObject({ state: 'running', url: system.url(name) })
    expect(back?.pid).not.toBe(pid)
  }
  await query(url, 'SELECT * FROM kept')
})

const query = (url: string, statement: string) => withClient(url, (client) => client.query(statement))

test('a PostgreSQL whose files were made in another zone has sessions in UTC', async () => {
  system = await startSystem({ root, dataDir })
  await system.stopAll()
  await appendFile(
    join(dataDir, 'postgres', 'postgresql.conf'),
    `\ntimezone = 'Asia/Seoul'\ndatestyle = 'SQL, DMY'\n`,
  )
  system = await startSystem({ root, dataDir })
  const url = system.databaseUrl('alpha').replace('myhotel_alpha', 'postgres')
  // With settings=role nothing is asked for: so it is for psql and others that are not ours.
  const { rows } = await withUnfitClient(`${url}?settings=role`, (client) =>
    client.query(`SELECT current_setting('TimeZone') AS zone, current_setting('DateStyle') AS style`),
  )
  expect(rows).toEqual([{ zone: 'UTC', style: 'ISO, MDY' }])
})

test('what it keeps is for its owner only, also in a data directory of an earlier version', async () => {
  system = await startSystem({ root, dataDir })
  const open = readdirSync(dataDir, { withFileTypes: true, recursive: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        entry.name !== 'processes.json' &&
        !`${entry.parentPath}/`.startsWith(join(dataDir, 'postgres/')),
    )
    .map((entry) => join(entry.parentPath, entry.name))
  await system.stopAll()
  chmodSync(dataDir, 0o755)
  for (const file of open) chmodSync(file, 0o644)
  system = await startSystem({ root, dataDir })
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
  expect(mode(dataDir)).toBe('700')
  expect(open.map((file) => mode(file)).filter((each) => each !== '600')).toEqual([])

  const { port } = new URL(system.url('redis'))
  const stranger = new Redis(Number(port), '127.0.0.1')
  await expect(stranger.get('x')).rejects.toThrow('NOAUTH')
  stranger.disconnect()
})

test('a second launcher is refused while the first lives', async () => {
  await launchElsewhere()
  await expect(startSystem({ root, dataDir })).rejects.toThrow('runs already')
})

test('kill -9 of the launcher leaves nothing running', async () => {
  const { launcher, record } = await launchElsewhere()
  expect(stillRunning(record)).toContain('postgres')
  launcher.kill('SIGKILL')
  await eventually(() => stillRunning(record).length === 0 && readRecord(dataDir) === null)
})

test('the next launcher does not have to wait for that', async () => {
  const { launcher, record } = await launchElsewhere()
  launcher.kill('SIGKILL')
  system = await startSystem({ root, dataDir })
  expect(stillRunning(record)).toEqual([])
  expect((await environmentOf('alpha')).NATS_URL).toBe(system.url('nats'))
})

test('given up while starting, it leaves nothing running', async () => {
  const abort = new AbortController()
  const started: string[] = []
  const starting = startSystem({
    root,
    dataDir,
    signal: abort.signal,
    progress: (step) => {
      started.push(step)
      if (step.startsWith('starting 2 subgraphs')) abort.abort()
    },
  })
  await expect(starting).rejects.toThrow('stopped before it was ready')
  expect(readRecord(dataDir)).toBe(null)
})

test('a taken port is said to be taken', async () => {
  const { record } = await launchElsewhere()
  const port = Number(new URL(record.router).port)
  const other = { root, dataDir: join(temporary, 'other'), port }
  await expect(startSystem(other)).rejects.toThrow(`Port ${port} is taken`)
})

test('servers that the environment names are used in the place of private ones', async () => {
  const env = {
    NATS_URL: 'nats://127.0.0.1:1',
    ALPHA_DATABASE_URL: 'postgresql://elsewhere/alpha',
    TOKEN_ISSUER: 'https://issuer.example',
  }
  system = await startSystem({ root, dataDir, env })
  const names = system.processes.map(({ name }) => name)
  expect(names.sort()).toEqual(['alpha', 'beta', 'mail-catcher', 'redis', 'router'])
  expect(await environmentOf('alpha')).toMatchObject(env)
  expect(await environmentOf('router')).not.toHaveProperty('PLAYGROUND_TOKEN_URL')
})
