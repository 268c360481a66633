import { setTimeout as delay } from 'node:timers/promises'
import { openConnection, type Seen } from './connection.ts'
import { createHotel } from './hotel.ts'
import { type Counts, createTally, type Kind } from './outcomes.ts'
import { createPeople, type Person, type Unknown } from './people.ts'
import { print, whenToldToStop } from './told.ts'

/** Who asks for what, and for how long. */
export type GuestsOptions = {
  /** Where the router takes GraphQL. */
  readonly router: string
  /** Who gives tokens of development accounts. */
  readonly issuer: string
  /** Sets rooms and keys of this run apart from those of all others. */
  readonly run: string
  /** How many people do each, each on a connection of their own, without a pause. */
  readonly bookings?: number
  readonly searches?: number
  readonly pages?: number
  /** Ends by itself after so many seconds. */
  readonly seconds: number
  /** Milliseconds between two requests of one person; none unless told. */
  readonly pauseMs?: number
}

/** What these people report at their end. */
export type GuestsReport = {
  readonly counts: Readonly<Partial<Record<Kind, Counts>>>
  readonly seen: Readonly<Seen>
  readonly unknown: Readonly<Unknown>
  readonly seconds: number
}

/** After a failure, so that a router that is away is not asked ten thousand times a second. */
const pauseAfterFailureMs = 100
const tellEveryMs = 5_000
/** What each does before it counts: everything was started just now, and what is proven is not how the first request fares. */
const rehearsals = 3

/** People who book, search and look at My Page until they are told to stop, or the time is up. */
async function runGuests(options: GuestsOptions): Promise<GuestsReport> {
  const router = new URL(options.router)
  const seen: Seen = { connections: 0, closes: 0 }
  const tallies: Partial<Record<Kind, ReturnType<typeof createTally>>> = {}
  let stopped = false
  whenToldToStop(() => {
    stopped = true
  })
  const { bookings = 0, searches = 0, pages = 0, issuer, run } = options
  const hotel = createHotel({ router, issuer })
  const { people, unknown } = await createPeople(hotel, { run, bookings, searches, pages })
  await Promise.all(people.map(rehearse))
  const since = Date.now()
  const end = since + options.seconds * 1_000
  let ended = since

  async function rehearse({ act }: Person) {
    const connection = openConnection(router, { connections: 0, closes: 0 })
    for (let count = 0; count < rehearsals; count += 1) await act(connection)
    await connection.close()
  }

  async function live({ kind, act, findOut }: Person) {
    const connection = openConnection(router, seen)
    tallies[kind] ??= createTally(since)
    const tally = tallies[kind]
    let isDone = false
    const aside = openConnection(router, { connections: 0, closes: 0 })
    const found = findOut?.(aside, () => isDone)
    while (!stopped && Date.now() < end) {
      const at = Date.now()
      const started = performance.now()
      const outcome = await act(connection)
      tally.add(outcome, at, performance.now() - started)
      const pauseMs = Math.max(options.pauseMs ?? 0, outcome.is === 'ok' ? 0 : pauseAfterFailureMs)
      if (pauseMs > 0) await delay(pauseMs)
    }
    isDone = true
    ended = Date.now()
    for (const wrong of (await found) ?? []) tally.add(wrong, Date.now(), 0)
    await Promise.all([connection.close(), aside.close()])
  }

  print({ begun: true })
  const telling = setInterval(() => print({ so: describe(Object.entries(tallies)) }), tellEveryMs)
  await Promise.all(people.map(live))
  clearInterval(telling)
  const counts = Object.fromEntries(
    Object.entries(tallies).map(([kind, tally]) => [kind, tally.report(ended)]),
  )
  return { counts, seen, unknown, seconds: (ended - since) / 1_000 }
}

const describe = (tallies: [string, ReturnType<typeof createTally>][]) =>
  tallies
    .map(([kind, { count }]) => `${kind} ${count.ok} ok, ${count.later + count.failed + count.wrong} not`)
    .join('; ')

if (import.meta.main) {
  print({ report: await runGuests(JSON.parse(process.argv[2] ?? '{}') as GuestsOptions) })
  process.exit(0)
}
