import { AccessRefused } from '@myhotel/contracts/audit'
import { announcement } from '@myhotel/contracts/event'
import { LRUCache } from 'lru-cache'
import { v7 } from 'uuid'
import type { Refused } from './access.ts'
import { type Correlation, correlated, correlation } from './context.ts'
import type { Logger } from './logger.ts'
import { appendToOutbox } from './outbox.ts'
import type { Part } from './service.ts'
import type { Sql } from './sql.ts'

const aMinuteMs = 60_000
/** What one caller's refusals may add to the record in a minute. */
const mostPerMinute = 30
/** Entries that wait for the database at most. */
const mostWaiting = 1_000

/** Where refusals go; `note` returns at once, whatever becomes of its entry. */
export type Refusals = Part & { note(refused: Refused): void }

/**
 * Announces refusals of those who are known, for the audit trail: the same one once a minute, and of each caller a
 * few. What is beyond that, and whoever is anonymous, is only counted in the log, so that nobody can fill the record.
 * An entry that the database does not take is logged and lost: no answer waits for one, or fails with it.
 */
export function recordRefusals(options: {
  /** The subgraph's name. */
  name: string
  database: Sql
  /** Is told when there is something to publish. */
  afterCommit: () => void
  log: Logger
}): Refusals {
  const { name, database, afterCommit, log } = options
  const recent = new LRUCache<string, true>({ max: 50_000, ttl: aMinuteMs })
  const counts = new LRUCache<string, { entries: number }>({ max: 50_000, ttl: aMinuteMs })
  const unrecorded = countRefusals(log)
  let waiting = 0
  let written = Promise.resolve()

  function isNew(actor: string, { action, object }: Refused): boolean {
    const key = JSON.stringify([actor, action, object?.id])
    const count = counts.get(actor) ?? { entries: 0 }
    if (count.entries >= mostPerMinute || waiting >= mostWaiting || recent.has(key)) return false
    count.entries += 1
    if (count.entries === 1) counts.set(actor, count)
    recent.set(key, true)
    return true
  }

  async function write(entry: AccessRefused, under: Correlation) {
    try {
      await correlated(under, () =>
        appendToOutbox(database, [announcement(AccessRefused, entry.refusalId, 1, entry)]),
      )
      afterCommit()
    } catch (error) {
      log.error({ err: error, refused: entry }, 'a refusal could not be recorded')
    }
    waiting -= 1
  }

  return {
    name: 'refusals',
    note(refused) {
      const { caller, action, object, reason } = refused
      const actor = caller.subject ?? (caller.roles.includes('service') ? caller.issuer : null)
      if (actor === null || !isNew(actor, refused)) return unrecorded.note(refused)
      const entry: AccessRefused = {
        refusalId: v7(),
        refusedBy: name,
        ...{ actor, roles: [...caller.roles], action, subject: object, reason },
        refusedAt: new Date().toISOString(),
      }
      const under = correlation()
      waiting += 1
      written = written.then(() => write(entry, under))
    },
    async stop() {
      await Promise.all([written, unrecorded.stop?.()])
    },
  }
}

/** Counts refusals that nobody records, and logs their number once a minute while there are any. */
export function countRefusals(log: Logger): Refusals {
  let count = 0
  let timer: NodeJS.Timeout | undefined
  function tell() {
    if (count > 0) log.info({ refusals: count }, 'refused, not on record')
    count = 0
    timer = undefined
  }
  return {
    name: 'refusals',
    note() {
      count += 1
      timer ??= setTimeout(tell, aMinuteMs).unref()
    },
    async stop() {
      clearTimeout(timer)
      tell()
    },
  }
}
