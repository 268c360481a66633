import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import { city, type Hotel } from './hotel.ts'
import type { Kind, Outcome } from './outcomes.ts'
import { book, type Intent, lookAtPage, search } from './requests.ts'
import { createStays } from './stays.ts'
import { print } from './told.ts'

/** One who does the same again and again, over a connection of their own. */
export type Person = { readonly kind: Kind; act(connection: Connection): Promise<Outcome> }

/** Bookings whose first answer left the outcome open, and those of which it was still open at the end. */
export type Unknown = { atFirst: number; atLast: number }

/** An unknown outcome is asked for, with the same key, until it is known or so long. */
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

  /** What is counted is the first answer, unless a later one is wrong. */
  async function insist(connection: Connection, token: string, intent: Intent): Promise<Outcome> {
    const deadline = Date.now() + knownWithinMs
    unknown.atFirst += 1
    let outcome: Outcome
    do {
      await delay(askAgainMs)
      outcome = await bookOnce(connection, token, intent)
    } while (isOpen(outcome) && Date.now() < deadline)
    if (isOpen(outcome)) unknown.atLast += 1
    return outcome
  }

  const guests = await Promise.all(
    Array.from({ length: options.bookings }, async (_, worker): Promise<Person> => {
      const stays = await createStays({ run: options.run, worker, today, newRoom })
      return {
        kind: 'booking',
        async act(connection) {
          const intent = await stays.next()
          const token = await tokenOf(intent.guest)
          const first = await bookOnce(connection, token, intent)
          if (!isOpen(first)) return first
          const last = await insist(connection, token, intent)
          return last.is === 'wrong' ? last : first
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

const isOpen = ({ is }: Outcome) => is === 'later' || is === 'failed'
