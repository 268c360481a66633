import { setTimeout as delay } from 'node:timers/promises'
import { connect, withClient, withUnfitClient } from '@myhotel/kit/postgres'
import { eventually } from '../../proof/eventually.ts'
import type { Fault, Stage, Undo } from './fault.ts'

/** Somebody's session: it is left open with what its statements have locked. */
async function session(url: string, ...statements: readonly string[]): Promise<Undo> {
  const client = await connect(url)
  for (const statement of statements) await client.query(statement)
  return () => client.end()
}

/** A session that has locked a table and does not end, as a migration by hand that was forgotten. */
const locked =
  (database: string, table: string) =>
  ({ system }: Stage) =>
    session(system.databaseUrl(database), 'BEGIN', `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)

async function lockedAgainAndAgain(
  stage: Stage,
  database: string,
  table: string,
  { lockedMs, freeMs }: { lockedMs: number; freeMs: number },
): Promise<Undo> {
  const ended = new AbortController()
  const wait = (ms: number) => delay(ms, undefined, { signal: ended.signal }).catch(() => undefined)
  const working = (async () => {
    while (!ended.signal.aborted) {
      const release = await locked(database, table)(stage)
      await wait(lockedMs)
      await release()
      await wait(freeMs)
    }
  })()
  return async () => {
    ended.abort()
    await working
  }
}

const serverOf = (url: string) => Object.assign(new URL(url), { pathname: '/postgres' }).href
const endSessions = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE'

export const databaseFaults = {
  closed: {
    what: "servicecenter's database takes no connections (ALLOW_CONNECTIONS false)",
    alerts: ['DatabaseAway'],
    async inject({ system }) {
      const url = system.databaseUrl('servicecenter')
      const name = new URL(url).pathname.slice(1)
      const allow = (whether: boolean) =>
        withUnfitClient(serverOf(url), async (client) => {
          await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${whether}`)
          if (!whether) await client.query(`${endSessions} datname = $1`, [name])
        })
      await allow(false)
      return () => allow(true)
    },
  },
  consumer: {
    what: "A session has locked marketing's inbox",
    alerts: ['ConsumerStopped'],
    inject: locked('marketing', 'inbox'),
  },
  slowConsumer: {
    what: "notification's inbox is locked for 14 s, again and again",
    alerts: ['EventsLate'],
    inject: (stage) =>
      lockedAgainAndAgain(stage, 'notification', 'inbox', { lockedMs: 14_000, freeMs: 2_000 }),
  },
  relay: {
    what: "A process elsewhere holds the lock of room's relay",
    alerts: ['NoRelayLeads'],
    async inject({ system }) {
      const url = system.databaseUrl('room')
      const client = await connect(url)
      const held = client.query(`SELECT pg_advisory_lock(hashtext('outbox-relay'))`)
      await withClient(url, (other) =>
        eventually('it waits for the lock', 30_000, async () => {
          const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`
          return (await other.query(waiting)).rowCount === 1
        }),
      )
      await withClient(url, (other) =>
        other.query(`${endSessions} application_name = 'outbox-relay' AND datname = current_database()`),
      )
      await held
      return () => client.end()
    },
  },
  rooms: {
    what: 'A session has locked the table of rooms; 150 guests search at a time',
    alerts: ['SearchesFailFast', 'SearchesFailSlowly', 'SubgraphFails', 'RouterTurnsAway'],
    async inject(stage) {
      const release = await locked('room', 'room')(stage)
      const leave = stage.traffic.crowd(150)
      return async () => {
        await release()
        await leave()
      }
    },
  },
  busy: {
    what: 'The table of rooms is locked for 1.7 s, again and again; 150 guests search at a time, and are answered late',
    alerts: ['PoolExhausted'],
    async inject(stage) {
      // Shorter than a connection is waited for.
      const release = await lockedAgainAndAgain(stage, 'room', 'room', { lockedMs: 1_700, freeMs: 100 })
      const leave = stage.traffic.crowd(150)
      return async () => {
        await release()
        await leave()
      }
    },
  },
  lease: {
    what: 'Meanwhile a session holds the row of an attempt (SELECT … FOR UPDATE)',
    alerts: ['LeasesExpired'],
    async inject({ system }) {
      const client = await connect(system.databaseUrl('book'))
      await eventually('there is an attempt', 60_000, async () => {
        await client.query('BEGIN')
        const { rowCount } = await client.query(
          `SELECT id FROM booking_attempt WHERE state = 'PAYING' LIMIT 1 FOR UPDATE SKIP LOCKED`,
        )
        if (rowCount === 0) await client.query('ROLLBACK')
        return rowCount === 1
      })
      return () => client.end()
    },
  },
  lost: {
    what: 'A booking is lost from its database, as by a restore of that database alone',
    alerts: ['BooksDiffer'],
    async inject({ system }) {
      const url = system.databaseUrl('book')
      // Of those that were compared before: what is found is found by the way through all that is older.
      const lose = `DELETE FROM booking WHERE id = (
        SELECT id FROM booking WHERE status = 'BOOKED' AND booked_at < now() - interval '2 minutes' LIMIT 1)
        RETURNING to_jsonb(booking) AS row`
      const { rows } = await withClient(url, (client) => client.query<{ row: object }>(lose))
      const [{ row } = { row: {} }] = rows
      const back = 'INSERT INTO booking SELECT * FROM jsonb_populate_record(NULL::booking, $1)'
      return async () => void (await withClient(url, (client) => client.query(back, [JSON.stringify(row)])))
    },
  },
} satisfies Record<string, Fault>
