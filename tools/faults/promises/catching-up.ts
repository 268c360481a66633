import { setTimeout as delay } from 'node:timers/promises'
import { type Consumers, openConsumers } from './consumers.ts'
import { paced } from './guests.ts'
import { type Measured, type Promised, seconds, type Trial } from './promise.ts'

/** Bookings go on without these. */
const consumers = ['room', 'mypage', 'marketing', 'notification']
const bookingsASecond = 20
/** A fifth of what is booked is cancelled, and goes on being so while nothing can be booked. */
const cancellationsASecond = 4
const downForMs = 40_000
const timesAsFast = 10
const caughtUpWithinMs = 60_000
const cancel = 'mutation ($id: ID!) { cancelBooking(bookingId: $id) { __typename } }'

/**
 * Consumers that were down while bookings, or cancellations in the case of payment, went on. They are started one after
 * the other, so that each is measured and not how they share a small machine.
 */
export const catchingUp: Promised = {
  name: 'promises: consumers catch up',
  async tryIt(trial) {
    const { stage, guests, count } = trial
    const downMs = Math.max(4_000, downForMs * Math.min(1, count / 10_000))
    await guests.roomsFor((bookingsASecond * downMs) / 1_000 + 100)
    const streams = await openConsumers(stage)
    const rows: Measured[] = []
    const booked: { guest: string; id: string }[] = []

    async function without(names: readonly string[], aSecond: number, goOn: () => Promise<unknown>) {
      await streams.rest(names)
      await Promise.all(names.map((name) => stage.system.stop(name)))
      await paced(aSecond, downMs, goOn)
      await streams.published()
      for (const name of names) rows.push(await catchUp(trial, streams, name, downMs))
    }

    try {
      await without(consumers, bookingsASecond, async () => {
        const intent = guests.intent()
        const { id } = await guests.insist(intent)
        if (id) booked.push({ guest: intent.guest, id })
      })
      rows.push(await mails(trial))
      await without(['payment'], cancellationsASecond, async () => {
        const { guest = '', id } = booked.pop() ?? {}
        if (id) await guests.ask(guest, cancel, { id })
      })
      return rows
    } finally {
      await streams.close()
    }
  },
}

/** Mails follow their notifications by a worker of their own, as fast as the mail server takes them. */
async function mails({ stage }: Trial): Promise<Measured> {
  const pending = async () => {
    const sql = `SELECT count(*)::int AS open FROM delivery WHERE state = 'PENDING'`
    return (await stage.sql<{ open: number }>('notification', sql))[0]?.open ?? 0
  }
  const since = Date.now()
  const backlog = await pending()
  while ((await pending()) > 0 && Date.now() - since < caughtUpWithinMs) await delay(50)
  const took = Date.now() - since
  const rate = (1_000 * backlog) / Math.max(1, took)
  const measured = `${backlog} mails were left to send when all events were taken in; sent in ${seconds(took)}, ${rate.toFixed(0)} a second`
  return { promise: 'mails follow', measured, limit: 'all within a minute', holds: took < caughtUpWithinMs }
}

async function catchUp(
  { stage, tell }: Trial,
  streams: Consumers,
  name: string,
  downMs: number,
): Promise<Measured> {
  const backlog = await streams.waiting(name)
  const cameIn = (1_000 * backlog) / downMs
  await stage.system.start(name)
  let begun = 0
  let left = backlog
  const deadline = Date.now() + caughtUpWithinMs
  while (left > 0 && Date.now() < deadline) {
    await delay(20)
    left = await streams.waiting(name)
    if (begun === 0 && left < backlog) begun = Date.now()
  }
  // The first batch was already done when it was seen.
  const took = Math.max(20, Date.now() - begun)
  const rate = (1_000 * (backlog - left)) / took
  const times = rate / cameIn
  await stage.system.waitReady(name)
  const measured =
    `${backlog} events came in at ${cameIn.toFixed(0)} a second while it was down for ${seconds(downMs)}; ` +
    `${rate.toFixed(0)} a second taken in, ${times.toFixed(0)} times as fast${left > 0 ? `; ${left} still wait` : ''}`
  tell(`${name}: ${measured}`)
  const holds = left === 0 && times >= timesAsFast
  return { promise: `${name} catches up after it was down`, measured, limit: '10 times as fast', holds }
}
