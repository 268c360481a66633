import { setTimeout as delay } from 'node:timers/promises'
import { type Consumers, openConsumers } from './consumers.ts'
import { paced } from './guests.ts'
import { type Measured, type Promised, seconds, type Trial } from './promise.ts'

const consumers = ['room', 'mypage', 'marketing', 'notification']
const bookingsASecond = 20
const downForMs = 40_000
const timesAsFast = 10
const caughtUpWithinMs = 60_000

/**
 * Consumers that were down while bookings went on. They are started one after the other, so that each is measured and
 * not how they share a small machine.
 */
export const catchingUp: Promised = {
  name: 'promises: consumers catch up',
  async tryIt(trial) {
    const { stage, guests, count } = trial
    const downMs = Math.max(4_000, downForMs * Math.min(1, count / 10_000))
    await guests.roomsFor((bookingsASecond * downMs) / 1_000 + 100)
    const streams = await openConsumers(stage)
    try {
      await streams.rest(consumers)
      await Promise.all(consumers.map((name) => stage.system.stop(name)))
      await paced(bookingsASecond, downMs, () => guests.insist(guests.intent()))
      await streams.published()
      const rows: Measured[] = []
      for (const name of consumers) rows.push(await catchUp(trial, streams, name, downMs))
      return rows
    } finally {
      await streams.close()
    }
  },
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
