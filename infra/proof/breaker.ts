import { setTimeout as delay } from 'node:timers/promises'
import { breakerTimes, firstAnswers, openedAfter, percentile, withoutTrials } from './breaker-times.ts'
import { type Way, waysOf } from './breaker-ways.ts'
import type { LogLine } from './client/told.ts'
import { eventually } from './eventually.ts'
import { createHand } from './hand.ts'
import type { Deployment } from './objects.ts'
import { type Context, type Figure, promised, seconds, told } from './proof.ts'

const guestsWhoBook = 12
/** As one who is told to come again waits; together they ask about fifteen times a second. */
const guestsPauseMs = 800
/** As many at a time as a siege has at most of itself; each waits between two requests, or all two cores had to do were that. */
const besiegers = { users: 255, delaySeconds: 30, searches: 100, bookings: 300, pages: 0 }
const opensWithinMs = 45_000
/** Answers that were on their way when payment went away have come, and the cluster has replaced what it replaces. */
const endsAfterMs = 10_000
/** What the way before has left open is found out, and pods that have started have gone quiet: two cores do much at a time. */
const settleMs = 30_000
const openForMs = 20_000
const takenInWithinMs = 60_000
const busyWithinMs = 100
const promisedTakenInMs = 3_000

/**
 * Payment goes away in each way while guests book and the router is under siege; then it comes back. What guests were told
 * is measured, and whether any of it was a lie.
 */
export async function tryBreaker(context: Context): Promise<Figure[]> {
  const hand = createHand(context.kubectl, context.image)
  const siege = await context.siege(besiegers)
  const figures: Figure[] = []
  try {
    for (const way of waysOf(hand)) figures.push(...(await tryWay(context, way)))
    const { transactions, availability } = await siege.stop()
    return [
      ...figures,
      told(
        `requests of the siege meanwhile (${besiegers.users} at a time)`,
        `${transactions}, ${availability} % answered`,
      ),
      await context.invariants(),
    ]
  } finally {
    await hand.close()
  }
}

async function tryWay(context: Context, way: Way): Promise<Figure[]> {
  const { signal, tell } = context
  await delay(settleMs, undefined, { signal })
  const since = Date.now()
  const guests = await context.guests({ bookings: guestsWhoBook, pauseMs: guestsPauseMs })
  const heard = () => context.log.filter(({ at }) => at >= since)
  tell(`payment ${way.name}`)
  await seen(context.log, 'RoomBooked', since, opensWithinMs, signal)
  const hitAt = Date.now()
  await way.hit(context)
  let healingAt = hitAt
  let healedAt = hitAt
  try {
    await eventually(
      'guests are told nothing but PaymentBusy',
      opensWithinMs,
      async () =>
        openedAfter(heard(), hitAt) !== null ||
        (way.endsByItself === true && wasTold(context.log, 'RoomBooked', hitAt + endsAfterMs)),
      { everyMs: 200, signal },
    )
    await delay(openForMs, undefined, { signal })
  } finally {
    healingAt = Date.now()
    healedAt = await way.heal(context)
  }
  await seen(context.log, 'RoomBooked', healedAt, takenInWithinMs, signal)
  const { counts, unknown } = await guests.stop()
  const { opensAfter, busy, takenInAfter } = breakerTimes(heard(), { hitAt, healingAt, healedAt })
  const atDoor = withoutTrials(
    busy,
    ((healingAt - hitAt - (opensAfter ?? 0)) / 1_000) * (await replicas(context)),
  )
  const p99 = percentile(atDoor, 0.99)
  const waits = `${p99 ?? '–'} ms of ${atDoor.length} at the door (50 %: ${percentile(atDoor, 0.5) ?? '–'} ms); with those who may have tried, ${busy.length}, ${percentile(busy, 0.99) ?? '–'} ms`
  const wrong = counts.booking?.wrong ?? 0
  const of = (what: string) => `payment ${way.name}: ${what}`
  return [
    told(of('open after'), opensAfter === null ? 'never' : seconds(opensAfter)),
    way.endsByItself
      ? told(of('PaymentBusy once open, 99 %'), `${waits}; meanwhile the cluster starts new processes`)
      : promised(
          of('PaymentBusy once open, 99 %'),
          waits,
          `≤ ${busyWithinMs} ms`,
          p99 !== null && p99 <= busyWithinMs,
        ),
    promised(
      of('taken in again after'),
      takenInAfter === null ? 'never' : seconds(takenInAfter),
      `≤ ${seconds(promisedTakenInMs)}`,
      takenInAfter !== null && takenInAfter <= promisedTakenInMs,
    ),
    promised(
      of('wrong outcomes'),
      `${wrong}, and ${unknown.atLast} never known`,
      '0',
      wrong === 0 && unknown.atLast === 0,
    ),
  ]
}

/** Of book: each lets one guest a second try. */
const replicas = async ({ kubectl }: Context) =>
  (await kubectl.get<Deployment>('deployment', 'book')).spec.replicas

const wasTold = (log: readonly LogLine[], wanted: string, since: number) =>
  firstAnswers(log).some(({ answer, at, ms }) => answer === wanted && at + ms >= since)

const seen = (
  log: readonly LogLine[],
  wanted: string,
  since: number,
  withinMs: number,
  signal: AbortSignal,
) =>
  eventually(`a guest is told ${wanted}`, withinMs, async () => wasTold(log, wanted, since), {
    everyMs: 50,
    signal,
  })
