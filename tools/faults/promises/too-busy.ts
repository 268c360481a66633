import { setTimeout as delay } from 'node:timers/promises'
import { mapAtATime } from '../../api/client.ts'
import type { Intent } from '../client.ts'
import { keepDoing } from './guests.ts'
import { type Measured, type Promised, percentile, seconds, type Trial } from './promise.ts'
import { listOfProvider, setProvider } from './provider.ts'

const answerWithinMs = 100
const takenInWithinMs = 30_000
const overloadedForMs = 10_000
/** The breaker opens when half of the calls of ten seconds have failed. */
const opensWithinMs = 30_000
const guestsAtATime = 12

/** Payment cannot take bookings in: guests are told so at once, nothing is written, and it is soon over. */
export const tooBusy: Promised = {
  name: 'promises: payment is overloaded',
  async tryIt(trial) {
    await trial.guests.roomsFor(8_000)
    return [await declines(trial), ...(await overload(trial))]
  },
}

async function declines({ guests, count }: Trial): Promise<Measured> {
  const intents = Array.from({ length: Math.max(40, Math.min(200, count / 50)) }, () =>
    guests.intent('pm_card_chargeDeclined'),
  )
  const answers = await mapAtATime(intents, guestsAtATime, (intent) => guests.book(intent))
  const after = await guests.book(guests.intent())
  const kinds = Object.entries(Object.groupBy(answers, ({ kind }) => kind ?? 'no answer'))
  const told = kinds.map(([kind, all]) => `${all?.length} ${kind}`).join(', ')
  const busy = answers.filter(({ kind }) => kind === 'PaymentBusy').length
  const measured = `${answers.length} cards to decline in a row: ${told}; then ${after.kind}`
  const holds = busy === 0 && after.kind === 'RoomBooked'
  return { promise: 'declines never open the breaker', measured, limit: 'never PaymentBusy', holds }
}

async function overload({ stage, guests, tell }: Trial): Promise<Measured[]> {
  const refused: { intent: Intent; ms: number }[] = []
  const unknown: Intent[] = []
  await setProvider(stage, { delayMs: 20_000, operations: ['pay'] })
  const load = keepDoing(guestsAtATime, 20, async () => {
    const intent = guests.intent()
    const { kind, ms } = await guests.book(intent)
    if (kind === 'PaymentBusy') refused.push({ intent, ms })
    else if (kind !== 'RoomBooked') unknown.push(intent)
  })
  const began = Date.now()
  while (refused.length === 0 && Date.now() - began < opensWithinMs) await delay(50)
  await delay(overloadedForMs)
  const busy = refused.length
  const left = await remains(stage, refused.slice(0, busy))
  await setProvider(stage)
  const recoveredAt = Date.now()
  const [first] = refused
  while (first && (await guests.book(first.intent)).kind !== 'RoomBooked') await delay(200)
  const takenIn = Date.now() - recoveredAt
  await load.stop()
  const others = refused.slice(1).map(({ intent }) => intent)
  const again = await mapAtATime(others, guestsAtATime, (intent) => guests.insist(intent))
  await mapAtATime(unknown, guestsAtATime, (intent) => guests.insist(intent))
  const booked = again.filter(({ kind }) => kind === 'RoomBooked').length
  const times = refused.map(({ ms }) => ms)
  const p99 = percentile(times, 0.99)
  const answered = `${refused.length} answers PaymentBusy: median ${percentile(times, 0.5)} ms, 99 % ${p99} ms, the slowest ${percentile(times, 1)} ms`
  const written = `of ${busy} requests: ${left}; asked again with the same key, ${booked} of ${others.length} are booked`
  tell(`${answered}; ${written}; taken in again after ${seconds(takenIn)}`)
  return [
    {
      promise: 'overloaded: PaymentBusy at once',
      measured: answered,
      limit: '99 % within 100 ms',
      holds: busy > 100 && p99 <= answerWithinMs,
    },
    {
      promise: 'overloaded: nothing is written',
      measured: written,
      limit: 'nothing; every key can be used again',
      holds: left === nothing && booked === others.length,
    },
    {
      promise: 'overloaded: taken in again after recovery',
      measured: seconds(takenIn),
      limit: '30 s',
      holds: first !== undefined && takenIn <= takenInWithinMs,
    },
  ]
}

const nothing = '0 attempts, 0 claims, 0 payments, 0 captures'

/** What requests that were not taken in have left behind. Their stays and keys are nobody else's. */
async function remains(stage: Trial['stage'], refused: readonly { intent: Intent }[]): Promise<string> {
  const keys = refused.map(({ intent }) => `'${intent.key}'`).join()
  const stays = refused.map(({ intent }) => `'${intent.roomId} ${intent.startDate}'`).join()
  const attempts = await stage.sql(
    'book',
    `SELECT 1 FROM booking_attempt WHERE idempotency_key = ANY(ARRAY[${keys}]::text[])`,
  )
  const claims = await stage.sql(
    'book',
    `SELECT 1 FROM stay_claim WHERE room_id || ' ' || lower(stay) = ANY(ARRAY[${stays}]::text[]) AND state <> 'RELEASED'`,
  )
  const known = await stage.sql<{ id: string }>('book', 'SELECT id::text FROM booking_attempt')
  const ids = new Set(known.map(({ id }) => id))
  const payments = await stage.sql<{ attempt_id: string }>('payment', 'SELECT attempt_id::text FROM payment')
  const captures = await listOfProvider<{ key: string }>(stage, 'captures')
  const strayPayments = payments.filter(({ attempt_id }) => !ids.has(attempt_id)).length
  const strayCaptures = captures.filter(({ key }) => !ids.has(key)).length
  return `${attempts.length} attempts, ${claims.length} claims, ${strayPayments} payments, ${strayCaptures} captures`
}
