import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'nats'
import type { Stage } from './stage.ts'

/** Rows that say that something is still under way, by the subgraph that holds them. */
const open: Record<string, string> = {
  book: `SELECT count(*)::int AS open FROM booking_attempt WHERE state IN ('PAYING', 'ABORTING')`,
  payment: 'SELECT count(*)::int AS open FROM payment WHERE due_at IS NOT NULL',
}
const unpublished = 'SELECT count(*)::int AS open FROM outbox WHERE published_at IS NULL'

const ask = async (stage: Stage, name: string, what: string, statement: string | undefined) => {
  const [row] = statement ? await stage.sql<{ open: number }>(name, statement) : []
  return row?.open ? [`${row.open} ${what} of ${name}`] : []
}

/** Attempts and payments that are still under way. */
export async function unfinished(stage: Stage): Promise<string[]> {
  const found = Object.entries(open).map(([name, statement]) => ask(stage, name, 'unfinished', statement))
  return (await Promise.all(found)).flat()
}

/** The durable consumers of a system, as far as they were seen: who is missing has not read what waits for it. */
const consumersOf = new WeakMap<Stage, Set<string>>()

/** What is still under way: attempts, payments, events on their way. Empty when the system is at rest. */
export async function unrest(stage: Stage): Promise<string[]> {
  const found = await unfinished(stage)
  for (const name of Object.keys(stage.system.record.databases)) {
    found.push(...(await ask(stage, name, 'events in the outbox', unpublished)))
  }
  const seen = consumersOf.get(stage) ?? new Set()
  const present = new Set<string>()
  const nats = await connect({ servers: stage.system.record.nats, reconnect: false })
  try {
    const manager = await nats.jetstreamManager()
    for await (const { config } of manager.streams.list()) {
      for await (const { name, config: its, num_pending, num_ack_pending } of manager.consumers.list(
        config.name,
      )) {
        if (!its.durable_name) continue
        present.add(`${name} of ${config.name}`)
        const waiting = num_pending + num_ack_pending
        if (waiting > 0) found.push(`${waiting} events of ${config.name} for ${name}`)
      }
    }
  } finally {
    await nats.close()
  }
  consumersOf.set(stage, seen.union(present))
  found.push(...[...seen.difference(present)].map((consumer) => `there is no consumer ${consumer}`))
  return found
}

/** How many things a list of what is under way speaks of: what it names without a number is one. */
const sizeOf = (still: readonly string[]) =>
  still.reduce((sum, what) => sum + (Number.parseInt(what, 10) || 1), 0)

/** Milliseconds between two words about what is still waited for. */
const tellEveryMs = 15_000

/**
 * Waits until the system is at rest, as seen twice in a row. Answers how long that took, in milliseconds. However
 * much waits after a long fault is waited for, as long as it becomes less.
 * @throws with what is still under way when it has not become less for `withinMs`
 */
export async function quiet(stage: Stage, withinMs = 180_000): Promise<number> {
  const since = Date.now()
  let told = since
  let least = Number.POSITIVE_INFINITY
  let lessSince = since
  let still: string[] = []
  for (let calm = 0; Date.now() - lessSince < withinMs; ) {
    const size = await unrest(stage).then(
      (found) => {
        still = found
        return sizeOf(found)
      },
      (error: unknown) => {
        still = [String(error)]
        return Number.POSITIVE_INFINITY
      },
    )
    calm = size === 0 ? calm + 1 : 0
    if (calm === 2) return Date.now() - since
    if (Date.now() - told > tellEveryMs) {
      stage.progress(`not yet at rest: ${still.join(', ')}`)
      told = Date.now()
    }
    if (size < least) [least, lessSince] = [size, Date.now()]
    await delay(300)
  }
  throw new Error(`nothing came to rest for ${withinMs / 1000} s: ${still.join(', ')}`)
}
