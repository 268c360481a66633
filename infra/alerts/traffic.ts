import { randomUUID } from 'node:crypto'
import type { System } from '../../tools/system/index.ts'

/** What guests and hosts do while alerts are tried: a little of everything, all the time. */
export type Traffic = {
  /** Books a room and gives the booking's id. */
  book(): Promise<string>
  cancel(bookingId: string): Promise<void>
  /** Has so many guests search at a time, each again and again, until what is returned is called. */
  crowd(guests: number): () => Promise<void>
  stop(): void
}

const rooms = 20
const guests = 40
const farthestDay = 320

const registerRoom = `mutation ($input: RegisterRoomInput!) {
  registerRoom(input: $input) { ... on RoomRegistered { room { id } } ... on Refusal { code message } } }`
const bookRoom = `mutation ($input: BookRoomInput!) {
  bookRoom(input: $input) { __typename ... on RoomBooked { booking { id } } ... on Refusal { code message } } }`
const cancelBooking = `mutation ($id: ID!) {
  cancelBooking(bookingId: $id, reason: "plans changed") { __typename ... on Refusal { code message } } }`
const searchRooms = `query ($city: String!) {
  searchRooms(filter: { city: $city }, first: 10) { edges { node { id name popularity } } } }`
const myPage = '{ myPage { guest { bookings(first: 5) { edges { node { bookingId status } } } } } }'
const booking = 'query ($id: ID!) { booking(id: $id) { id status payment { status refunded { amount } } } }'

const any = <Item>(items: readonly Item[]) => items[Math.floor(Math.random() * items.length)] as Item
const guest = () => `guest${1 + Math.floor(Math.random() * guests)}`
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** Registers rooms and begins. */
export async function startTraffic(system: System): Promise<Traffic> {
  const tokens = new Map<string, Promise<string>>()
  const tokenOf = (account: string) => {
    const token = tokens.get(account) ?? system.token(account)
    tokens.set(account, token)
    return token
  }

  async function ask(account: string | null, query: string, variables: object = {}) {
    const headers = new Headers({ 'content-type': 'application/json' })
    if (account) headers.set('authorization', `Bearer ${await tokenOf(account)}`)
    const body = JSON.stringify({ query, variables })
    const signal = AbortSignal.timeout(30_000)
    const response = await fetch(system.record.router, { method: 'POST', headers, body, signal })
    const answer = (await response.json()) as { data?: Record<string, never>; errors?: unknown }
    if (!answer.data || answer.errors) throw new Error(JSON.stringify(answer.errors))
    return answer.data
  }

  const ids: string[] = []
  for (let number = 1; number <= rooms; number += 1) {
    const input = {
      ...{
        name: `Room ${number}`,
        city: 'Lisboa',
        country: 'Portugal',
        timeZone: 'Europe/Lisbon',
        capacity: 4,
      },
      ...{ pricePerNight: { amount: 9_000, currency: 'EUR' }, cancellationPolicy: 'FLEXIBLE' },
    }
    type Registered = { room: { id: string } }
    const { registerRoom: registered } = await ask(`host${1 + (number % 5)}`, registerRoom, { input })
    ids.push((registered as unknown as Registered).room.id)
  }

  const booked: { id: string; guest: string }[] = []

  async function book(): Promise<string> {
    const account = guest()
    const day = 20 + Math.floor(Math.random() * farthestDay)
    const input = {
      ...{ roomId: any(ids), startDate: inDays(day), endDate: inDays(day + 2), guests: 2 },
      ...{ paymentMethod: 'pm_card_visa', idempotencyKey: randomUUID() },
    }
    const { bookRoom: answer } = await ask(account, bookRoom, { input })
    const { booking: made } = answer as unknown as { booking?: { id: string } }
    if (!made) throw new Error(JSON.stringify(answer))
    booked.push({ id: made.id, guest: account })
    return made.id
  }

  async function cancel(id: string): Promise<void> {
    const found = booked.find((one) => one.id === id)
    if (found) await ask(found.guest, cancelBooking, { id })
  }

  const search = () => ask(null, searchRooms, { city: 'Lisboa' })
  const habits: [everyMs: number, work: () => Promise<unknown>][] = [
    [1_000, book],
    [400, search],
    [3_000, () => ask(guest(), myPage)],
    [2_000, async () => booked.length > 0 && look(any(booked))],
    [9_000, async () => booked.length > 20 && cancel(any(booked).id)],
  ]
  const look = ({ id, guest: account }: { id: string; guest: string }) => ask(account, booking, { id })
  // What fails is what is being tried: Prometheus sees it.
  const timers = habits.map(([everyMs, work]) =>
    setInterval(() => void work().catch(() => undefined), everyMs),
  )

  return {
    book,
    cancel,
    crowd(count) {
      const left = new AbortController()
      const searching = Array.from({ length: count }, async () => {
        while (!left.signal.aborted) {
          const begun = Date.now()
          await search().catch(() => undefined)
          // Somebody who is turned away tries again, but not at once.
          if (Date.now() - begun < 200) await new Promise((resolve) => setTimeout(resolve, 200))
        }
      })
      return async () => {
        left.abort()
        await Promise.all(searching)
      }
    },
    stop() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}
