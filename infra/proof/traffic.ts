import type { GuestsOptions, GuestsReport } from './client/guests.ts'
import type { Kind } from './client/outcomes.ts'
import type { SiegeOptions, SiegeReport } from './client/siege.ts'
import { type Context, type Figure, promised, told } from './proof.ts'

/** What came of people and of a siege while something was done to the cluster. */
export type Traffic = { readonly guests: GuestsReport; readonly siege: SiegeReport | null }

/** What asks while something is done; a proof names what is otherwise. */
export type Askers = {
  readonly guests?: Partial<GuestsOptions>
  readonly siege?: Partial<SiegeOptions> | null
}

/** Few enough for two cores to have time for what is proven, and without a pause: each asks again at once. */
const people = { bookings: 2, searches: 3, pages: 3 }
const besiegers = { users: 5, bookings: 660, searches: 400, pages: 400 }

/** People who pause: where many Deployments are replaced at the same time, two cores are busy with starting pods. */
export const unhurried: Askers = { guests: { pauseMs: 50 }, siege: { delaySeconds: 1 } }

/**
 * Does something while people book, search and look at My Page over kept connections, and while siege does the same with
 * a connection for each request.
 */
export async function underTraffic(
  context: Context,
  { guests = {}, siege = {} }: Askers,
  act: () => Promise<void>,
): Promise<Traffic> {
  const [asking, besieging] = await Promise.all([
    context.guests({ ...people, ...guests }),
    siege ? context.siege({ ...besiegers, ...siege }) : null,
  ])
  let failure: unknown
  await act().catch((error: unknown) => {
    failure = error
  })
  const [guestsReport, siegeReport] = await Promise.all([asking.stop(), besieging?.stop() ?? null])
  if (failure !== undefined) {
    const traffic = { guests: guestsReport, siege: siegeReport }
    context.note(`Meanwhile: ${describe(traffic)}`)
    throw failure
  }
  return { guests: guestsReport, siege: siegeReport }
}

/** Sums of all that was asked, by people and besiegers. */
export type Sum = { asked: number; failed: number; wrong: number }

export function sumOf({ guests, siege }: Traffic): Sum {
  const sum = { asked: siege?.transactions ?? 0, failed: siege?.failed_transactions ?? 0, wrong: 0 }
  // siege does not count what failed among its transactions.
  sum.asked += sum.failed
  for (const { ok, later, failed, wrong } of Object.values(guests.counts)) {
    sum.asked += ok + later + failed + wrong
    sum.failed += later + failed + wrong
    sum.wrong += wrong
  }
  return sum
}

/** Percent of what was asked that was answered whole and at once, cut after two digits: 99.999 is no 100.00. */
export const availability = ({ asked, failed }: Sum): string =>
  `${(Math.floor((10_000 * (asked - failed)) / Math.max(1, asked)) / 100).toFixed(2)} %`

/** `9,120 asked, 0 failed, 100.00 %`, and what failed. */
export function describe(traffic: Traffic): string {
  const sum = sumOf(traffic)
  const counts = `${sum.asked.toLocaleString('en-GB')} asked, ${sum.failed} failed, ${availability(sum)}`
  const causes = causesOf(traffic)
  return causes.length > 0 ? `${counts} (${causes.slice(0, 4).join('; ')})` : counts
}

/** What went wrong, and how often. */
export function causesOf({ guests, siege }: Traffic): string[] {
  const causes = Object.entries(guests.counts).flatMap(([kind, { causes }]) =>
    Object.entries(causes).map(([cause, count]) => ({ cause: `${count} × ${kind}: ${cause}`, count })),
  )
  const bySiege = siege?.failed_transactions ?? 0
  if (bySiege > 0) causes.push({ cause: `${bySiege} × siege`, count: bySiege })
  return causes.sort((one, other) => other.count - one.count).map(({ cause }) => cause)
}

/** Nobody was told anything but the whole answer, at once. */
export function allAnswered(what: string, traffic: Traffic): Figure {
  const { asked, failed } = sumOf(traffic)
  return promised(what, describe(traffic), '100.00 %', failed === 0 && asked > 0)
}

/** No answer was untrue, and no booking was left whose outcome nobody knows. */
export function noneWrong({ guests }: Traffic): Figure {
  const { wrong } = sumOf({ guests, siege: null })
  const { atLast } = guests.unknown
  const measured = `${wrong} wrong, ${atLast} never known`
  return promised('outcomes of bookings', measured, '0 wrong, 0 never known', wrong + atLast === 0)
}

/** How long people waited for their answers. */
export function latencies({ guests }: Traffic): Figure {
  const kinds = Object.entries(guests.counts)
  const parts = kinds.map(([kind, { latency }]) => `${kind} ${latency.p50} / ${latency.p99} / ${latency.max}`)
  return told('answers of kept connections, ms (median / 99 % / slowest)', parts.join(', '))
}

/** The longest time without a whole answer of a kind, milliseconds; 0 where it was below a second. */
export const longestGap = ({ guests }: Traffic, kind: Kind): number =>
  Math.max(0, ...(guests.counts[kind]?.gaps ?? []).map(({ from, to }) => to - from))
