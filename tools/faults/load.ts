import { setTimeout as delay } from 'node:timers/promises'
import { type Random, random } from '../demo/random.ts'
import { type Clients, type Intent, inDays } from './client.ts'

/** Guests who book, retry and cancel, hosts who block nights and delete rooms, agents; until it is stopped. */
export type Load = {
  /** Nobody begins anything new; resolves when all that was begun has been told how it ended. */
  pause(): Promise<void>
  /** Lets so many people act at a time, all unless told. */
  resume(workers?: number): void
  /** Waits until so many intents have been begun, or the time is up (milliseconds since 1970). */
  reach(intents: number, until: number, signal?: AbortSignal): Promise<void>
  stop(): Promise<void>
  readonly intents: number
  readonly looks: Looks
}

const hosts = 12
const guests = 300
const agents = 3
const roomsAtATime = 40
/** The first few rooms get half of all requests. */
const hotRooms = 6
const farthestDay = 330
const methods = ['pm_card_visa', 'pm_card_visa', 'pm_card_visa', 'pm_card_visa', 'pm_card_chargeDeclined']

/** How often a guest looked at My Page right after booking: the booking was there; it said that it could not; neither. */
export type Looks = { shown: number; told: number; missing: number; unanswered: number }

type Room = { id: string; host: string }
type Booked = { id: string; guest: string; host: string }

/**
 * @param workers how many people act at a time
 * @param seed fixes what is asked for; not what comes first
 */
export async function startLoad(clients: Clients, workers: number, seed: number): Promise<Load> {
  const rooms: Room[] = []
  const booked: Booked[] = []
  const looks: Looks = { shown: 0, told: 0, missing: 0, unanswered: 0 }
  let registered = 0
  let intents = 0
  let stopped = false
  let acting = workers
  let gate: { opened: Promise<void>; open(): void } | undefined
  let busy = 0

  async function newRoom(): Promise<Room> {
    registered += 1
    const host = `host${1 + (registered % hosts)}`
    return { host, id: await clients.register(host, `Room ${registered}`) }
  }

  async function book(dice: Random) {
    const room = dice.next() < 0.5 ? dice.one(rooms.slice(0, hotRooms)) : dice.one(rooms)
    const day = 3 + Math.floor(dice.next() * farthestDay)
    intents += 1
    const intent: Intent = {
      guest: `guest${1 + Math.floor(dice.next() * guests)}`,
      key: `${seed}-${intents}`,
      roomId: room.id,
      startDate: inDays(day),
      endDate: inDays(day + 1 + Math.floor(dice.next() * 4)),
      method: dice.one(methods),
    }
    // Somebody who presses the button twice.
    if (dice.next() < 0.1) await Promise.all([clients.once(intent), clients.once(intent)])
    const id = await clients.book(intent)
    if (!id) return
    booked.push({ id, guest: intent.guest, host: room.host })
    if (dice.next() < 0.2) looks[await clients.looks(intent.guest, id)] += 1
    // Somebody whose first answer got lost asks again, much later.
    if (dice.next() < 0.1) await clients.once(intent)
  }

  async function cancel(dice: Random) {
    const [booking] = booked.splice(Math.floor(dice.next() * booked.length), 1)
    if (!booking) return
    const agent = `agent${1 + Math.floor(dice.next() * agents)}`
    await clients.cancel(dice.one([booking.guest, booking.guest, booking.host, agent]), booking.id)
  }

  async function block(dice: Random) {
    const { host, id } = dice.one(rooms)
    const day = 3 + Math.floor(dice.next() * farthestDay)
    await clients.block(host, 'blockDates', id, inDays(day), inDays(day + 2))
    if (dice.next() < 0.7) await clients.block(host, 'unblockDates', id, inDays(day), inDays(day + 2))
  }

  async function deleteRoom(dice: Random) {
    const place = Math.floor(dice.next() * rooms.length)
    const { host, id } = rooms[place] ?? {}
    if (!host || !id) return
    rooms[place] = await newRoom()
    await clients.deleteRoom(host, id)
  }

  async function worker(number: number) {
    const dice = random(seed * 1_000 + number)
    while (!stopped) {
      await gate?.opened
      if (number >= acting && !stopped) {
        await delay(200)
        continue
      }
      busy += 1
      const chance = dice.next()
      const act = chance < 0.76 ? book : chance < 0.96 ? cancel : chance < 0.99 ? block : deleteRoom
      await act(dice).catch(() => undefined)
      busy -= 1
    }
  }

  rooms.push(...(await Promise.all(Array.from({ length: roomsAtATime }, newRoom))))
  const working = Promise.all(Array.from({ length: workers }, (_, number) => worker(number)))

  async function pause() {
    if (!gate) {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = { opened: promise, open: resolve }
    }
    while (busy > 0) await delay(50)
  }
  const resume = (count = workers) => {
    acting = count
    gate?.open()
    gate = undefined
  }
  return {
    looks,
    get intents() {
      return intents
    },
    pause,
    resume,
    async reach(wanted, until, signal) {
      while (intents < wanted && Date.now() < until && !signal?.aborted) await delay(100)
    },
    async stop() {
      stopped = true
      resume()
      await working
    },
  }
}
