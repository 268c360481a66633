import type { Attributes } from '@opentelemetry/api'
import { tell } from './metrics.ts'
import type { Sql } from './sql.ts'
import { survey } from './survey.ts'

/** Counted no further: more says no more. */
const mostCounted = 10_000

/** What every database of ours has. The oldest of the outbox is the first of its index, not the one with the least time. */
const common = [
  `SELECT 'outbox' AS work, '' AS state, count(*)::int AS count,
     coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8 AS seconds
   FROM (SELECT occurred_at FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT ${mostCounted}) AS waiting`,
  `SELECT 'dead letters', consumer, count(*)::int, extract(epoch FROM now() - min(died_at))::float8
   FROM dead_letter GROUP BY consumer`,
]

type Row = { work: string; state: string; count: number; seconds: number }

/** What `tellWork` asks a database. */
export const workSql = (more: readonly string[] = []) => [...common, ...more].join('\nUNION ALL\n')

/**
 * Tells what lies in a service's database and waits to be done, and for how long the oldest: the outbox and dead letters, and
 * what `more` selects as `work`, `state`, `count`, `seconds`. It is read when figures are, by an index each; all replicas
 * tell the same.
 */
export function tellWork(options: {
  database: Sql
  /** Under whose name dead letters lie there. */
  consumer: string
  more?: readonly string[]
}): void {
  const { database, consumer, more = [] } = options
  const rows = survey(() => database.$queryRawUnsafe<Row[]>(workSql(more)))
  const isDead = ({ work }: Row) => work === 'dead letters'
  const waiting = async () => ((await rows()) ?? []).filter((row) => !isDead(row))
  const labels = ({ work, state }: Row): Attributes => (state ? { work, state } : { work })

  tell({
    kind: 'level',
    name: 'myhotel.work.unfinished',
    description:
      'What lies in the database and waits to be done, by kind; outboxes are counted up to ten thousand.',
    read: async () => (await waiting()).map((row) => [row.count, labels(row)] as const),
  })
  tell({
    kind: 'level',
    name: 'myhotel.work.age.seconds',
    description: 'For how long the oldest of it has waited.',
    unit: 's',
    read: async () => (await waiting()).map((row) => [row.seconds, labels(row)] as const),
  })
  tellDeadLetters(async () => {
    const found = await rows()
    if (!found) return []
    const dead = new Map([
      [consumer, 0],
      ...found.filter(isDead).map(({ state, count }) => [state, count] as const),
    ])
    return [...dead].map(([consumer, count]) => [count, { consumer }] as const)
  })
}

/** Tells how many events each consumer has put aside. */
export function tellDeadLetters(
  read: () => Promise<readonly (readonly [count: number, attributes: { consumer: string }])[]>,
): void {
  tell({
    kind: 'level',
    name: 'myhotel.dead.letters',
    description: 'Events, and refunds, that a consumer has put aside for a person to look at.',
    read,
  })
}
