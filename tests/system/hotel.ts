import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@myhotel/kit/testing'
import { type System, type SystemOptions, startSystem } from '../../tools/system/index.ts'

/** Clients of a router. */
export type Client = {
  /** Sends an operation as an account (null: anonymous); rejects on any error in the answer. */
  ask<Data = Record<string, never>>(account: string | null, query: string, variables?: object): Promise<Data>
  /** Sends an operation and gives the whole answer, errors and all. */
  send(account: string | null, query: string, variables?: object): Promise<Answer>
  /** Sends an operation of which the test wants the one root field. */
  one(account: string | null, query: string, variables?: object): Promise<Shaped>
}

/** A whole system of its own for one test file, and clients of its router. */
export type Hotel = Client & {
  readonly system: System
  close(): Promise<void>
}

/** What a test's own query shapes, which no type knows. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is the query's
type Shaped = any

export type Answer = {
  status: number
  headers: Headers
  data?: Shaped
  errors?: { message: string; extensions: Shaped }[]
}

/** A machine that is busy with a whole test run is no reason to leave out of a page what others contribute to it. */
export const unhurried = { CONTRIBUTION_TIMEOUT_MS: '10000' }

/** Starts a system on free ports in a folder of its own; `close` ends it and removes the folder. */
export async function openHotel(options: Omit<SystemOptions, 'dataDir'> = {}): Promise<Hotel> {
  const dataDir = await mkdtemp(join(tmpdir(), 'myhotel-system-'))
  const system = await startSystem({ dataDir, ...options, env: { ...unhurried, ...options.env } })
  return {
    ...createClient(system.record.router, (account) => system.token(account)),
    system,
    async close() {
      await system.stopAll()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Clients of the router at `url`; each account's token is asked for once. */
export function createClient(url: string, token: (account: string) => Promise<string>): Client {
  const tokens = new Map<string, Promise<string>>()
  const tokenOf = (account: string) => {
    const known = tokens.get(account) ?? token(account)
    tokens.set(account, known)
    return known
  }

  async function send(account: string | null, query: string, variables: object = {}): Promise<Answer> {
    const headers = new Headers({ 'content-type': 'application/json' })
    if (account) headers.set('authorization', `Bearer ${await tokenOf(account)}`)
    const body = JSON.stringify({ query, variables })
    const response = await fetch(url, { method: 'POST', headers, body })
    return { status: response.status, headers: response.headers, ...((await response.json()) as object) }
  }

  async function ask<Data>(account: string | null, query: string, variables?: object): Promise<Data> {
    const { data, errors, status } = await send(account, query, variables)
    if (errors || status !== 200) throw new Error(`${status} ${JSON.stringify(errors)}`)
    return data
  }

  return {
    send,
    ask,
    async one(account, query, variables) {
      return Object.values(await ask<object>(account, query, variables))[0]
    },
  }
}

/** A calendar date so many days from today (UTC). */
export const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

let rooms = 0

/** Registers a room and gives its id. */
export async function registerRoom(hotel: Client, host: string, input: object = {}): Promise<string> {
  rooms += 1
  const room = {
    name: `Room ${rooms}`,
    pricePerNight: { amount: 10_000, currency: 'EUR' },
    city: 'Lisboa',
    country: 'Portugal',
    timeZone: 'Europe/Lisbon',
    ...input,
  }
  const registered = await hotel.one(
    host,
    `mutation ($input: RegisterRoomInput!) { registerRoom(input: $input) {
       __typename ... on RoomRegistered { room { id } } ... on Refusal { code message } } }`,
    { input: room },
  )
  if (registered.__typename !== 'RoomRegistered') throw new Error(JSON.stringify(registered))
  return registered.room.id
}

let keys = 0

/** Asks for a room; gives bookRoom's first answer, with `__typename`. */
export function askForRoom(hotel: Client, guest: string, roomId: string, input: object = {}) {
  keys += 1
  const wanted = {
    roomId,
    startDate: inDays(30),
    endDate: inDays(33),
    guests: 2,
    paymentMethod: 'pm_card_visa',
    idempotencyKey: `key-${keys}`,
    ...input,
  }
  return hotel.one(
    guest,
    `mutation ($input: BookRoomInput!) { bookRoom(input: $input) {
       __typename
       ... on RoomBooked { booking { id status nights price { total { amount currency } } } }
       ... on BookingInProgress { retryAfterSeconds }
       ... on PaymentBusy { retryAfterSeconds }
       ... on PaymentDeclined { declineCode }
       ... on PriceChanged { total { amount currency } }
       ... on InvalidInput { field }
       ... on Refusal { code message } } }`,
    { input: wanted },
  )
}

/** Asks for a room as a client does: while the booking is in progress it asks again with the same key. */
export async function bookRoom(hotel: Client, guest: string, roomId: string, input: object = {}) {
  keys += 1
  const intent = { idempotencyKey: `key-${keys}`, ...input }
  return eventually(
    async () => {
      const answer = await askForRoom(hotel, guest, roomId, intent)
      return answer.__typename !== 'BookingInProgress' && answer
    },
    { everyMs: 250 },
  )
}

/** Cancels a booking; gives cancelBooking's answer with `__typename`. */
export function cancelBooking(hotel: Client, account: string, bookingId: string) {
  return hotel.one(
    account,
    `mutation ($id: ID!) { cancelBooking(bookingId: $id, reason: "plans changed") {
       __typename
       ... on BookingCanceled { booking { id status cancellation { canceledBy refund { amount } } } }
       ... on Refusal { code message } } }`,
    { id: bookingId },
  )
}
