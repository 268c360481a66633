import { randomBytes } from 'node:crypto'
import type { Announcement } from '@myhotel/contracts/event'
import { pino } from 'pino'
import type { Bus, Consumption, Envelope, Verdict } from './bus.ts'
import { createIdentity, createSigner } from './identity.ts'
import type { Logger } from './logger.ts'
import { withClient } from './postgres.ts'
import type { Part } from './service.ts'

/**
 * Calls `probe` until it answers without throwing and with something that is not false, null or undefined.
 * @throws the last failure after `withinMs`; two minutes unless told, because a machine may be busy with other things.
 */
export async function eventually<Result>(
  probe: () => Promise<Result> | Result,
  { withinMs = 120_000, everyMs = 25 }: { withinMs?: number; everyMs?: number } = {},
): Promise<NonNullable<Result>> {
  const deadline = Date.now() + withinMs
  let failure: unknown = new Error('the probe never answered')
  while (Date.now() < deadline) {
    try {
      const result = await probe()
      if (result !== false && result !== null && result !== undefined) return result as NonNullable<Result>
      failure = new Error(`still ${String(result)} after ${withinMs} ms`)
    } catch (error) {
      failure = error
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  throw failure
}

/**
 * Where the tests' real PostgreSQL, NATS or Redis is; `npm test` starts them and says so. In NATS each of Vitest's workers
 * has an account: files of tests that run side by side would take each other's events, which only one of a service's
 * processes is given.
 */
export function testService(name: 'POSTGRES' | 'NATS' | 'REDIS'): string {
  const given = process.env[`TEST_${name}_URL`]
  if (!given) throw new Error(`TEST_${name}_URL is not set: run the tests by npm test`)
  const worker = process.env.VITEST_POOL_ID
  if (name !== 'NATS' || !worker) return given
  const url = new URL(given)
  url.username = url.password = `worker${worker}`
  return url.href
}

/** A database of its own for one test file, made from the migrated template of a subgraph. */
export async function createTestDatabase(subgraph: string): Promise<{ url: string; drop(): Promise<void> }> {
  const server = testService('POSTGRES')
  const name = `test_${subgraph}_${randomBytes(6).toString('hex')}`
  await asAdmin(server, `CREATE DATABASE ${name} TEMPLATE template_${subgraph}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => asAdmin(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function asAdmin(server: string, statement: string): Promise<void> {
  const url = new URL(server)
  url.pathname = '/postgres'
  await withClient(url.href, (client) => client.query(statement))
}

/** Identities for tests: a signer for each name and the public keys that a service under test should trust. */
export async function createTestIdentities(...names: string[]) {
  const pairs = await Promise.all(names.map(async (name) => [name, await createIdentity(name)] as const))
  const keys = JSON.stringify({ keys: pairs.map(([, pair]) => pair.publicKey) })
  const signers = new Map<string, Awaited<ReturnType<typeof createSigner>>>()
  for (const [name, pair] of pairs) signers.set(name, await createSigner(JSON.stringify(pair.privateKey)))
  return {
    keys,
    privateKey: (name: string) => JSON.stringify(pairs.find(([of]) => of === name)?.[1].privateKey),
    signer(name: string) {
      const signer = signers.get(name)
      if (!signer) throw new Error(`no test identity ${name}`)
      return signer
    },
  }
}

/** An announcement as it travels. */
export function asEvent({ contract, aggregateId, version, data }: Announcement): Envelope {
  return {
    id: `${contract.context}.${aggregateId}:${version}`,
    context: contract.context,
    aggregateId,
    version,
    type: contract.type,
    schemaVersion: contract.version,
    time: new Date().toISOString(),
    correlationId: 'test',
    traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
    data,
  }
}

/**
 * A bus whose subscriptions are served by the test: twice, late, in any order, which JetStream does only when it
 * must. What a subscriber answers is what JetStream would be told.
 */
export function createPostman(): {
  bus: Bus
  deliver(event: Envelope, attempt?: number): Promise<Verdict[]>
} {
  const consumptions: Consumption[] = []
  const bus: Bus = {
    name: 'postman',
    async publish() {},
    replay: async (_context, _onEvent, from = 1) => from,
    async remove() {},
    consume(consumption) {
      consumptions.push(consumption)
      return { name: consumption.durable }
    },
  }
  return {
    bus,
    async deliver(envelope, attempt = 1) {
      const subject = `${envelope.context}.${envelope.aggregateId}`
      const delivery = {
        envelope,
        subject,
        body: JSON.stringify(envelope.data),
        attempt,
        sequence: 1,
        pending: 0,
      }
      const listening = consumptions.filter(({ context }) => context === envelope.context)
      return Promise.all(listening.map(({ handle }) => handle(delivery)))
    },
  }
}

/** A logger that writes nowhere and keeps what it was given. */
export function createTestLog(): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(JSON.parse(line)) })
  return { log, lines }
}

/**
 * Starts a server made with this log and with PORT 0, in this process; `parts` are its parts in the order of
 * `runService`. Answers where it listens and how to stop it.
 */
export async function startParts(
  parts: readonly Part[],
  lines: readonly Record<string, unknown>[],
): Promise<{ url: string; stop(): Promise<void> }> {
  const check = async () => ({ ready: true, parts: {} })
  for (const part of parts) await part.start?.({ check })
  const listening = lines.find(({ msg }) => msg === 'listening')
  return {
    url: String(listening?.url),
    async stop() {
      for (const part of [...parts].reverse()) await part.stop?.()
    },
  }
}
