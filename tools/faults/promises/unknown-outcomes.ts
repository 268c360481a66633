import { setTimeout as delay } from 'node:timers/promises'
import { backAgain } from '../crash-points.ts'
import { type Answer, keepDoing } from './guests.ts'
import { type Measured, type Promised, percentile, seconds, type Trial } from './promise.ts'
import { setProvider } from './provider.ts'

const limitMs = 30_000
const guestsAtATime = 16
const wanted = 300
const mostMs = 60_000
const kills = 3

/** Answers that leave open whether a booking was made. */
const isUnknown = ({ kind }: Answer) =>
  kind === 'BookingInProgress' || kind === null || kind === 'BAD_GATEWAY'

/** However an outcome came to be unknown, it is known soon. */
export const unknownOutcomes: Promised = {
  name: 'promises: unknown outcomes are resolved',
  async tryIt(trial) {
    const { stage, count } = trial
    const enough = Math.max(20, Math.floor(wanted * Math.min(1, count / 10_000)))
    const lost = await resolve(trial, 'the provider captures and loses the answer', async (isDone) => {
      // Fewer than half of the answers: else the breaker would let nobody through.
      while (!isDone(enough)) {
        await setProvider(stage, { loseNext: 2, operations: ['pay'] })
        await delay(150)
      }
    })
    const late = await resolve(trial, 'the provider answers late', async (isDone) => {
      while (!isDone(enough / 3)) {
        await setProvider(stage, { answerDelayMs: 4_000 })
        await delay(3_000)
        await setProvider(stage)
        await delay(6_000)
      }
    })
    const killed = await resolve(trial, 'payment is killed', async () => {
      for (let number = 0; number < kills; number += 1) {
        stage.system.kill('payment')
        await delay(50)
        await backAgain(stage, 'payment')
        await delay(3_000)
      }
    })
    return [lost, late, killed]
  },
}

async function resolve(
  { stage, guests, tell }: Trial,
  why: string,
  disturb: (isDone: (enough: number) => boolean) => Promise<void>,
): Promise<Measured> {
  await guests.roomsFor(6_000)
  const took: Promise<{ ms: number; kind: string | null }>[] = []
  let booked = 0
  const load = keepDoing(guestsAtATime, 20, async () => {
    const intent = guests.intent()
    const first = await guests.book(intent)
    if (first.kind === 'RoomBooked') booked += 1
    if (!isUnknown(first)) return
    const since = first.at + first.ms
    took.push(guests.insist(intent).then(({ kind, at, ms }) => ({ kind, ms: at + ms - since })))
  })
  const deadline = Date.now() + mostMs
  await disturb((enough) => took.length >= enough || Date.now() > deadline)
  await setProvider(stage)
  await load.stop()
  const ended = await Promise.all(took)
  const times = ended.map(({ ms }) => ms)
  const kinds = Object.entries(Object.groupBy(ended, ({ kind }) => kind ?? 'no answer'))
  const ends = kinds.map(([kind, all]) => `${all?.length} ${kind}`).join(', ')
  const p99 = percentile(times, 0.99)
  const measured =
    `${took.length} unknown outcomes beside ${booked} bookings at once; known after ${seconds(percentile(times, 0.5))} ` +
    `(median), ${seconds(p99)} (99 %), ${seconds(percentile(times, 1))} (the last): ${ends}`
  tell(`${why}: ${measured}`)
  const open = ended.some((answer) => isUnknown(answer as Answer))
  return {
    promise: `unknown outcome resolved: ${why}`,
    measured,
    limit: '99 % within 30 s',
    holds: !open && p99 <= limitMs,
  }
}
