import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { installByApt } from './debian.ts'
import type { ProcessSpec } from './supervisor.ts'

/** Debian keeps servers in sbin, which an ordinary user's PATH does not name. */
const FURTHER_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin']

/** Programs that npm does not have; each has the name of its Debian package. */
export type ServerProgram =
  | 'nats-server'
  | 'redis-server'
  | 'pgbouncer'
  | 'prometheus'
  | 'prometheus-alertmanager'

/**
 * Paths of the programs asked for. What is missing is installed where that can be done without a question
 * (root on Debian or Ubuntu).
 * @throws in a sentence that names what is missing and the command that installs it
 */
export async function findPrograms<Wanted extends ServerProgram>(
  wanted: readonly Wanted[],
  notice: (line: string) => void,
  signal?: AbortSignal,
): Promise<Record<Wanted, string>> {
  let missing = await missingOf(wanted)
  const apt = await find('apt-get')
  if (missing.length > 0 && apt && process.getuid?.() === 0) {
    notice(`installing ${missing.join(' and ')} by apt-get …`)
    await installByApt(apt, missing, signal)
    missing = await missingOf(wanted)
  }
  if (missing.length > 0) throw new Error(explainMissing(missing, apt !== null))
  const paths = await Promise.all(wanted.map(async (program) => [program, await find(program)] as const))
  return Object.fromEntries(paths) as Record<Wanted, string>
}

async function missingOf(wanted: readonly ServerProgram[]): Promise<ServerProgram[]> {
  const paths = await Promise.all(wanted.map(find))
  return wanted.filter((_, index) => paths[index] === null)
}

async function find(program: string): Promise<string | null> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...FURTHER_FOLDERS]
  for (const folder of folders) {
    if (folder === '') continue
    const path = join(folder, program)
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  return null
}

function explainMissing(missing: readonly string[], hasApt: boolean): string {
  const what = `MyHotel needs ${missing.join(' and ')}, which ${missing.length > 1 ? 'are' : 'is'} not installed.`
  const how = hasApt
    ? `Install by: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`
    : 'Install by your package manager (Homebrew: brew install nats-server redis)'
  return `${what} ${how} – or name servers that run already in NATS_URL and REDIS_URL.`
}

type Place = { program: string; dataDir: string; port: number; env: NodeJS.ProcessEnv; log: string }

/**
 * A private NATS server with JetStream, its streams under `<data-dir>/nats`. Users of `accounts` (each its own account,
 * its name the password, too) see nothing of each other; whoever names none is in one more.
 */
export async function natsServer(
  { program, dataDir, port, env, log }: Place,
  accounts: readonly string[] = [],
): Promise<ProcessSpec> {
  const cwd = join(dataDir, 'nats')
  await mkdir(cwd, { recursive: true })
  const config = join(dataDir, 'nats.conf')
  const lines = [
    'server_name: myhotel',
    `listen: "127.0.0.1:${port}"`,
    `jetstream { store_dir: ${JSON.stringify(cwd)} }`,
    ...(accounts.length > 0 ? apart(accounts) : []),
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  return {
    name: 'nats',
    kind: 'infrastructure',
    url: `nats://127.0.0.1:${port}`,
    command: [program, '-c', config],
    env,
    cwd,
    log,
    isReady: () => answers(port, askForStreams, '"total":'),
    // With its disk full it does not end: it holds a lock for ever, and goes on to say that all is well.
    mayHang: true,
  }
}

const apart = (accounts: readonly string[]) => [
  'no_auth_user: nobody',
  'accounts {',
  ...['nobody', ...accounts].map(
    (name) => `  ${name} { jetstream: enabled, users: [{ user: ${name}, password: ${name} }] }`,
  ),
  '}',
]

/**
 * Asks JetStream for its streams, in NATS' own words: neither the greeting nor the health check of 2.9 knows when
 * JetStream hangs.
 */
const askForStreams = 'CONNECT {}\r\nSUB answer 1\r\nPUB $JS.API.STREAM.LIST answer 0\r\n\r\n'

/**
 * A private Redis that keeps what it is told in an append-only file under `<data-dir>/redis`. It wants a password that
 * was made up at random: other users of this machine reach its port, too, and so do pages in its browsers.
 */
export async function redisServer({ program, dataDir, port, env, log }: Place): Promise<ProcessSpec> {
  const cwd = join(dataDir, 'redis')
  await mkdir(cwd, { recursive: true })
  const password = await secret(join(dataDir, 'redis-password'))
  const settings = { port, bind: '127.0.0.1', dir: cwd, appendonly: 'yes', save: '', 'set-proc-title': 'no' }
  const lines = Object.entries({ ...settings, requirepass: password }).map(
    ([key, value]) => `${key} ${JSON.stringify(String(value))}\n`,
  )
  // In a file, because everybody may read the arguments of a process.
  const config = join(dataDir, 'redis.conf')
  await writeFile(config, lines.join(''), { mode: 0o600 })
  return {
    name: 'redis',
    kind: 'infrastructure',
    url: `redis://:${password}@127.0.0.1:${port}`,
    command: [program, config],
    env,
    cwd,
    log,
    isReady: () => answers(port, `AUTH ${password}\r\nPING\r\n`, '+PONG'),
  }
}

/** A password that is made up on first use and kept in a file for its owner only. */
async function secret(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept) return kept
  const made = randomBytes(24).toString('base64url')
  await writeFile(file, made, { mode: 0o600 })
  return made
}

/** Whether a server on this port, being told `question`, says `answer` within two seconds of silence. */
function answers(port: number, question: string, answer: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 })
    let said = ''
    socket.once('connect', () => socket.write(question))
    socket.on('data', (data) => {
      said += data
      if (!said.includes(answer)) return
      resolve(true)
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy(new Error('no answer')))
    socket.once('close', () => reject(new Error('closed without an answer')))
    socket.once('error', reject)
  })
}
