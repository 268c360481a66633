import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import { city, type Hotel } from './hotel.ts'
import type { Kind, Outcome } from './outcomes.ts'
import { book, type Intent, lookAtPage, search } from './requests.ts'
import { createStays } from './stays.ts'
import { print } from './told.ts'

/** One who does the same again and again, over a connection of their own. */
export type Person = {
  readonly kind: Kind
  act(connection: Connection): Promise<Outcome>
  /** Finds out what was left open, over another connection, until told to stop. @returns what turned out wrong */
  findOut?(connection: Connection, stopped: () => boolean): Promise<Outcome[]>
}

/** Bookings whose first answer left the outcome open, and those of which it was still open at the end. */
export type Unknown = { atFirst: number; atLast: number }

/** Once nothing new is booked, an unknown outcome is asked for, with the same key, until it is known or so long. */
const knownWithinMs = 60_000
const askAgainMs = 300
/** Searching guests are others than booking ones. */
const firstSearcher = 5_000

/**
 * People who book rooms that nobody else wants, search for them and look at My Page.
 *
 * @returns when each who books has a room
 */
export async function createPeople(
  { token: tokenOf, newRoom }: Hotel,
  options: { run: string; bookings: number; searches: number; pages: number },
): Promise<{ people: Person[]; unknown: Unknown }> {
  const unknown: Unknown = { atFirst: 0, atLast: 0 }
  const today = new Date().toISOString().slice(0, 10)

  async function bookOnce(connection: Connection, token: string, intent: Intent) {
    const at = Date.now()
    const { outcome, answer, bookingId } = await book(connection, token, intent)
    const { guest, key } = intent
    print({ log: { operation: 'bookRoom', guest, key, answer, bookingId, at, ms: Date.now() - at } })
    return outcome
  }

  const guests = await Promise.all(
    Array.from({ length: options.bookings }, async (_, worker): Promise<Person> => {
      const stays = await createStays({ run: options.run, worker, today, newRoom })
      const open: Intent[] = []
      return {
        kind: 'booking',
        async act(connection) {
          const intent = await stays.next()
          const outcome = await bookOnce(connection, await tokenOf(intent.guest), intent)
          if (isOpen(outcome)) {
            open.push(intent)
            unknown.atFirst += 1
          }
          return outcome
        },
        async findOut(connection, stopped) {
          const wrong: Outcome[] = []
          let until = Number.POSITIVE_INFINITY
          while (Date.now() < until && !(stopped() && open.length === 0)) {
            if (stopped()) until = Math.min(until, Date.now() + knownWithinMs)
            const intent = open.shift()
            const outcome = intent && (await bookOnce(connection, await tokenOf(intent.guest), intent))
            if (outcome?.is === 'wrong') wrong.push(outcome)
            if (outcome && !isOpen(outcome)) continue
            if (intent) open.push(intent)
            await delay(askAgainMs)
          }
          unknown.atLast += open.length
          return wrong
        },
      }
    }),
  )
  const searchers = Array.from({ length: options.searches }, (_, number): Person => {
    const account = `guest${firstSearcher + number}`
    return {
      kind: 'search',
      act: async (connection) => search(connection, await tokenOf(account), city),
    }
  })
  const readers = Array.from({ length: options.pages }, (_, number): Person => {
    const account = `guest${1 + number}`
    return { kind: 'page', act: async (connection) => lookAtPage(connection, await tokenOf(account)) }
  })
  return { people: [...guests, ...searchers, ...readers], unknown }
}

/** Whether nobody knows yet what came of it. PaymentBusy is known: nothing was done. */
const isOpen = (outcome: Outcome) =>
  outcome.is === 'failed' || (outcome.is === 'later' && outcome.cause !== 'PaymentBusy')
