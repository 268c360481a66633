import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { mapAtATime } from '../../api/client.ts'
import type { LogLine } from '../../invariants/client-log.ts'
import { createClients, type Intent, inDays } from '../client.ts'
import type { Stage } from '../stage.ts'

/** What the router answered; `kind` is the root's `__typename`, else an error's code, else null for no answer. */
export type Answer = {
  readonly kind: string | null
  readonly data: Record<string, unknown> | null
  readonly extensions: Record<string, unknown>
  /** When it was asked, in milliseconds since 1970, and how long it took. */
  readonly at: number
  readonly ms: number
}

/** Guests who ask once and are not patient: what they are told is what is measured. */
export type Guests = Awaited<ReturnType<typeof createGuests>>

const accounts = 300
const hosts = 12
/** One-night stays in each room, all of which can be booked. */
const nights = 330
const fewestRooms = 8
const answerWithinMs = 30_000

/** Answers after which the same request may be sent again. */
const again = [
  null,
  'PaymentBusy',
  'BookingInProgress',
  'SERVICE_UNAVAILABLE',
  'BAD_GATEWAY',
  'GATEWAY_TIMEOUT',
]
again.push('INTERNAL_SERVER_ERROR', 'OVERLOADED')
export const asksToTryAgain = ({ kind }: Answer) => again.includes(kind)

const bookRoom = `mutation ($input: BookRoomInput!) { bookRoom(input: $input) { __typename
  ... on RoomBooked { booking { id } } } }`

export async function createGuests(stage: Stage, write: (line: LogLine) => void) {
  const { origin, pathname } = new URL(stage.system.record.router)
  const pool = new Pool(origin, { connections: 128, keepAliveTimeout: 30_000 })
  const tokens = new Map<string, Promise<string>>()
  let rooms: string[] = []
  let registered = 0
  const { register } = createClients(stage, write)
  let given = 0
  let keys = 0

  function tokenOf(account: string) {
    const token = tokens.get(account) ?? stage.system.token(account)
    tokens.set(account, token)
    return token
  }

  async function ask(account: string, query: string, variables: object = {}): Promise<Answer> {
    const authorization = `Bearer ${await tokenOf(account)}`
    const at = Date.now()
    const headers = { 'content-type': 'application/json', authorization }
    const body = JSON.stringify({ query, variables })
    const signal = AbortSignal.timeout(answerWithinMs)
    try {
      const response = await pool.request({ path: pathname, method: 'POST', headers, body, signal })
      const text = (await response.body.json()) as Body
      return { ...understood(text), at, ms: Date.now() - at }
    } catch {
      return { kind: null, data: null, extensions: {}, at, ms: Date.now() - at }
    }
  }

  return {
    ask,
    /** Registers rooms with so many stays that nobody has asked for. */
    async roomsFor(stays: number) {
      const fresh = Math.max(fewestRooms, Math.ceil(stays / nights))
      const names = Array.from({ length: fresh }, (_, index) => `Promised room ${registered + index}`)
      registered += fresh
      rooms = await mapAtATime(names, 8, (name, index) => register(`host${1 + (index % hosts)}`, name))
      given = 0
    },
    /** What nobody else has asked for or will. */
    intent(method = 'pm_card_visa'): Intent {
      const place = given++
      keys += 1
      const roomId = rooms[place % rooms.length] ?? ''
      const day = 3 + Math.floor(place / rooms.length)
      const guest = `guest${1 + (keys % accounts)}`
      return {
        guest,
        key: `promise-${keys}`,
        roomId,
        startDate: inDays(day),
        endDate: inDays(day + 1),
        method,
      }
    },
    /** One call of bookRoom, which is written down for the checker. */
    async book({
      guest,
      key,
      roomId,
      startDate,
      endDate,
      method,
    }: Intent): Promise<Answer & { id?: string }> {
      const input = { roomId, startDate, endDate, guests: 2, paymentMethod: method, idempotencyKey: key }
      const answer = await ask(guest, bookRoom, { input })
      const root = answer.data?.bookRoom as
        | { __typename: string; booking?: { id: string } }
        | null
        | undefined
      const { at, ms } = answer
      const bookingId = root?.booking?.id
      write({ operation: 'bookRoom', guest, key, answer: root?.__typename ?? null, bookingId, at, ms })
      return { ...answer, id: bookingId }
    },
    /** Asks with the same key until it is known how it ended; answers that, or the last answer. */
    async insist(intent: Intent, withinMs = 90_000): Promise<Answer & { id?: string }> {
      const deadline = Date.now() + withinMs
      for (;;) {
        const answer = await this.book(intent)
        if (!asksToTryAgain(answer) || Date.now() > deadline) return answer
        await delay(500)
      }
    },
    close: () => pool.close(),
  }
}

type Body = {
  data?: Record<string, unknown> | null
  errors?: { extensions?: { code?: string } }[]
  extensions?: Record<string, unknown>
}

function understood({ data = null, errors = [], extensions = {} }: Body): Omit<Answer, 'at' | 'ms'> {
  const [root] = Object.values(data ?? {}) as ({ __typename?: string } | null)[]
  const kind = root ? (root.__typename ?? 'data') : (errors[0]?.extensions?.code ?? null)
  return { kind, data, extensions }
}

/** Does something again and again, `workers` at a time, until it is stopped; a pause after each. */
export function keepDoing(workers: number, pauseMs: number, work: (worker: number) => Promise<void>) {
  let stopped = false
  const working = Array.from({ length: workers }, async (_, worker) => {
    while (!stopped) {
      await work(worker)
      await delay(pauseMs)
    }
  })
  return {
    async stop() {
      stopped = true
      await Promise.all(working)
    },
  }
}

/** Begins something `aSecond` times a second for so long, and waits until all that was begun has ended. */
export async function paced(aSecond: number, forMs: number, work: () => Promise<unknown>): Promise<void> {
  const underWay: Promise<unknown>[] = []
  const since = Date.now()
  for (let begun = 0; Date.now() - since < forMs; begun += 1) {
    underWay.push(work())
    await delay(Math.max(0, since + ((begun + 1) * 1_000) / aSecond - Date.now()))
  }
  await Promise.all(underWay)
}
