import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { isRunning } from './os-process.ts'
import { readRecord, type SystemRecord } from './record.ts'

/** The folder of this repository. */
export const ROOT = resolve(import.meta.dirname, '../..')

/** The data directory that a command works with: its own option, else DATA_DIR, else `.data` of the repository. */
export function resolveDataDir(option?: string): string {
  const named = option ?? process.env.DATA_DIR
  return named ? resolve(process.env.INIT_CWD ?? '.', named) : resolve(ROOT, '.data')
}

/** ` --data-dir DIR`, as a shell takes it, where a command would not find that directory by itself; else nothing. */
export function dataDirOption(dataDir: string): string {
  if (!process.env.DATA_DIR && isSame(dataDir, resolve(ROOT, '.data'))) return ''
  return ` --data-dir ${/^[\w/.,:@+-]+$/.test(dataDir) ? dataDir : `'${dataDir.replaceAll("'", `'\\''`)}'`}`
}

const isSame = (one: string, other: string) =>
  one === other || (existsSync(other) && realpathSync(other) === realpathSync(one))

/**
 * What runs in a data directory.
 * @throws in a sentence when nothing does
 */
export function findSystem(dataDir: string): SystemRecord {
  const record = readRecord(dataDir)
  if (!record || !isRunning(record.launcher)) {
    throw new Error(`No MyHotel runs in ${dataDir}. Start it by "npm start", or name another by --data-dir.`)
  }
  return record
}

/**
 * An access token for a development account (`guest1`, `host7`, `agent1`), from the local identity provider.
 * @throws in a sentence when the issuer does not give one
 */
export async function requestToken(issuer: string, account: string): Promise<string> {
  const response = await fetch(new URL('/dev/token', issuer), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account }),
    signal: AbortSignal.timeout(5_000),
  }).catch((error: unknown) => {
    throw new Error(`The token issuer ${issuer} does not answer.`, { cause: error })
  })
  const answer = (await response.json().catch(() => ({}))) as TokenAnswer
  if (answer.access_token) return answer.access_token
  throw new Error(answer.error?.message ?? `The token issuer ${issuer} gives no token for ${account}.`)
}

type TokenAnswer = { access_token?: string; error?: { message?: string } }
