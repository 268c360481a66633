import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@myhotel/kit/testing'
import { beforeAll, expect, test } from 'vitest'
import { recordOfTarget, sql } from './target.ts'

/** What of the system an attack must leave as it is: who runs, and that nobody has complained. */
function standing() {
  const { processes } = recordOfTarget()
  return processes.map(({ name, state, pid, restarts }) => ({ name, state, pid, restarts }))
}

const services = () =>
  recordOfTarget().processes.filter(({ kind }) => kind === 'subgraph' || kind === 'router')

type Line = { level?: string; msg?: string; err?: { message?: string } }

/** Lines from `begin` on in which a service says that something went wrong that it did not expect. */
function complaints(begin: Record<string, number>): string[] {
  return services().flatMap(({ name, log }) =>
    readFileSync(log)
      .subarray(begin[name] ?? 0)
      .toString()
      .split('\n')
      .filter(Boolean)
      .filter((text) => isComplaint(text))
      .map((text) => `${name}: ${text.slice(0, 2_000)}`),
  )
}

/** A subgraph that fails is one, too, unless it is the client that did not wait. */
function isComplaint(text: string): boolean {
  if (!text.startsWith('{')) return /error|exception|unhandled/i.test(text)
  const { level = '', msg, err } = JSON.parse(text) as Line
  if (msg === 'subgraph failed') return err?.message !== 'the client has gone'
  return ['error', 'fatal'].includes(level)
}

/**
 * To be called at the end of a file: adds a last test, that whatever was tried, every process is the one that it was and
 * no log has an error.
 */
export function staysUnharmed(): void {
  let before: ReturnType<typeof standing>
  const begin: Record<string, number> = {}
  beforeAll(() => {
    before = standing()
    for (const { name, log } of services()) begin[name] = readFileSync(log).length
  })
  test('the system is unharmed: the same processes run, and no log has an error', () => {
    expect(standing()).toEqual(before)
    expect(complaints(begin)).toEqual([])
  })
}

/** A refusal is written down: in the audit trail, and in the outbox and inbox on the way there. */
const hearsay = ['access_refusal', 'inbox']
const told: Record<string, string> = { outbox: `WHERE type <> 'AccessRefused'` }

/** How many rows each table has, and what the payment provider was asked for: all that can be written. */
export async function footprint(): Promise<Record<string, number>> {
  const { databases, paymentProvider } = recordOfTarget()
  const found: Record<string, number> = {}
  for (const database of Object.keys(databases)) {
    const tables = await sql<{ table_name: string }>(
      database,
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    )
    const counts = tables
      .filter(({ table_name: table }) => !hearsay.includes(table))
      .map(
        ({ table_name: table }) =>
          `SELECT '${table}' AS name, count(*)::int AS rows FROM "${table}" ${told[table] ?? ''}`,
      )
    for (const { name, rows } of await sql<{ name: string; rows: number }>(
      database,
      counts.join(' UNION ALL '),
    )) {
      found[`${database}.${name}`] = rows
    }
  }
  const payments = (await (await fetch(new URL('/v1/captures', paymentProvider ?? ''))).json()) as unknown[]
  found['payments at the provider'] = payments.length
  return found
}

/** Waits until nothing is on its way any more, so that what is written from now on is the work of a test. */
export async function atRest(): Promise<Record<string, number>> {
  const unpublished = 'SELECT count(*)::int AS open FROM outbox WHERE published_at IS NULL'
  const { databases } = recordOfTarget()
  let last = ''
  return eventually(
    async () => {
      for (const database of Object.keys(databases)) {
        const [row] = await sql<{ open: number }>(database, unpublished)
        if (row?.open) return null
      }
      const now = await footprint()
      const same = JSON.stringify(now) === last
      last = JSON.stringify(now)
      return same ? now : null
    },
    { everyMs: 500 },
  )
}

/** To be called at the end of a group of tests: adds one, that they wrote nothing. */
export function writeNothing(): void {
  let before: Record<string, number>
  beforeAll(async () => {
    before = await atRest()
  })
  test('and nothing was written, here or at the payment provider', async () => {
    expect(await atRest()).toEqual(before)
  })
}

/** Runs what must not write anything, neither here nor at the payment provider. */
export async function writesNothing(work: () => Promise<unknown>): Promise<void> {
  const before = await atRest()
  await work()
  expect(await atRest()).toEqual(before)
}

/** Bytes of memory that the processes of the services hold. */
export function memory(): Record<string, number> {
  const pageBytes = 4096
  return Object.fromEntries(
    services().map(({ name, pid }) => {
      const pages = readFileSync(join('/proc', String(pid), 'statm'), 'utf8').split(' ')[1]
      return [name, Number(pages) * pageBytes]
    }),
  )
}
