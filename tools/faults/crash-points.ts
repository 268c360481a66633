import { setTimeout as delay } from 'node:timers/promises'
import { type Clients, type Intent, inDays } from './client.ts'
import { unfinished } from './quiescence.ts'
import type { Stage } from './stage.ts'

/** A place where a process can die, and whether a booking, its recovery or its cancellation comes by. */
export type CrashPoint = { readonly subgraph: string; readonly failpoint: string; readonly on: Journey }
type Journey = 'book' | 'decline' | 'recover' | 'cancel'

const around = (subgraph: string, on: Journey, ...places: string[]): CrashPoint[] =>
  places.flatMap((place) =>
    ['before', 'after'].map((when) => ({ subgraph, failpoint: `${place}:${when}`, on })),
  )
const at = (subgraph: string, on: Journey, ...failpoints: string[]): CrashPoint[] =>
  failpoints.map((failpoint) => ({ subgraph, failpoint, on }))

/** What one booking passes synchronously, in this order. */
export const bookingPath: readonly CrashPoint[] = [
  ...at('book', 'book', 'attempts.look:before', 'attempts.begin:before', 'attempts.begin:after'),
  ...at('book', 'book', 'payments.approve:before'),
  ...around('payment', 'book', 'payments.begin', 'provider.charge', 'payments.save'),
  ...at('book', 'book', 'payments.approve:after', 'attempts.confirm:before', 'attempts.confirm:after'),
]

/** What comes by when a booking has to be recovered: the guest's process has died after the approval. */
export const recoveryPath: readonly CrashPoint[] = [
  ...around('book', 'recover', 'attempts.takeOver', 'payments.resolve'),
  ...at('payment', 'recover', 'payments.byAttempt:before'),
]

/** Every crash point. */
export const crashPoints: readonly CrashPoint[] = [
  ...bookingPath,
  ...around('book', 'decline', 'attempts.decline'),
  ...recoveryPath,
  ...['book', 'payment'].flatMap((subgraph) =>
    at(subgraph, 'book', 'relay:before-publish', 'relay:before-mark'),
  ),
  ...['marketing', 'notification', 'room'].flatMap((subgraph) =>
    at(subgraph, 'book', 'event:before-effect', 'event:before-commit', 'event:before-ack'),
  ),
  ...around('mypage', 'book', 'store.apply'),
  ...around('book', 'cancel', 'bookings.saveCanceled'),
  ...at('payment', 'cancel', 'event:before-effect', 'event:before-commit', 'event:before-ack'),
  ...around('payment', 'cancel', 'payments.workOnDue', 'provider.refund', 'payments.save'),
]

/** Whether a death here leaves something to recover: the attempt is written down and not confirmed yet. */
const leavesWork = ({ failpoint }: CrashPoint) =>
  !/^attempts.(look|begin:before|confirm:after)/.test(failpoint)

/** Every two points that one booking can meet: on its way, or on its way and in its recovery. */
export const crashPairs: readonly (readonly [CrashPoint, CrashPoint])[] = bookingPath.flatMap(
  (first, index) => {
    const later = [...bookingPath.slice(index + 1), ...(leavesWork(first) ? recoveryPath : [])]
    return later.map((second) => [first, second] as const)
  },
)

/** An attempt is recovered when its lease has run out, which takes less. */
const waitMs = 15_000

export type CrashResult = {
  readonly points: readonly CrashPoint[]
  readonly hit: boolean
  readonly ms: number
}

/**
 * Sends one guest past armed failpoints, who asks again as a client would, then waits until all have been hit and who
 * died is back.
 */
export async function crash(
  stage: Stage,
  clients: Clients,
  intent: Intent,
  points: readonly CrashPoint[],
): Promise<CrashResult> {
  const since = Date.now()
  const arm = (chosen: readonly CrashPoint[]) => {
    for (const { subgraph, failpoint } of chosen) stage.arm(subgraph, failpoint)
  }
  const inCancellation = points.filter(({ on }) => on === 'cancel')
  arm(points.filter(({ on }) => on !== 'cancel'))
  // A recovery needs something to recover.
  if (points.every(({ on }) => on === 'recover')) stage.arm('book', 'payments.approve:after')
  const method = points.some(({ on }) => on === 'decline') ? 'pm_card_chargeDeclined' : intent.method
  const bookingId = await clients.book({ ...intent, method })
  if (bookingId && inCancellation.length > 0) {
    arm(inCancellation)
    await clients.cancel(intent.guest, bookingId)
  }
  const left = () => points.filter(({ subgraph, failpoint }) => stage.isArmed(subgraph, failpoint))
  for (const deadline = Date.now() + waitMs; left().length > 0 && Date.now() < deadline; await delay(100)) {
    // Where the guest has an answer and nothing has to be recovered, nobody comes by the second point any more.
    if (points.length > 1 && (await unfinished(stage).catch(() => ['?'])).length === 0) break
  }
  const missed = left()
  for (const { subgraph, failpoint } of missed) stage.disarm(subgraph, failpoint)
  for (const subgraph of new Set(points.map((point) => point.subgraph))) await allReady(stage, subgraph)
  return { points, hit: missed.length === 0, ms: Date.now() - since }
}

/** Waits until all replicas of a subgraph are ready; who died too often to be started again at once is not waited for. */
export async function allReady(stage: Stage, subgraph: string): Promise<void> {
  const replicas = stage.system.processes.filter(({ name }) => name.split('#')[0] === subgraph)
  await Promise.all(replicas.map(({ name }) => backAgain(stage, name)))
}

/** Waits until a process that was killed is ready, without the launcher's growing pauses. */
export async function backAgain(stage: Stage, name: string): Promise<void> {
  const { state } = stage.system.processes.find((process) => process.name === name) ?? {}
  if (state === 'waiting') {
    await stage.system.stop(name)
    await stage.system.start(name)
  }
  await stage.system.waitReady(name)
}

/** How the crash points of a plan are gone through. */
export type CrashRun = {
  tell: (line: string) => void
  /** Milliseconds since 1970 after which nothing new is begun. */
  until?: number
  /** Several at a time, of different subgraphs: in a third of the time. Not where recovery must come by both of two. */
  inLanes?: boolean
}

/** Sends a guest past each entry of the plan; each on nights of its own. */
export async function crashAll(
  stage: Stage,
  clients: Clients,
  plan: readonly (readonly CrashPoint[])[],
  { tell, until = Number.POSITIVE_INFINITY, inLanes = false }: CrashRun,
): Promise<CrashResult[]> {
  const roomId = await clients.register('host1', 'Where they crash')
  const results: CrashResult[] = []
  const lane = ([first]: readonly CrashPoint[]) =>
    inLanes ? Math.max(0, ['book', 'payment'].indexOf(first?.subgraph ?? '') + 1) : 0
  const entries = plan.map((points, index) => ({ points, index }))
  const lanes = Map.groupBy(entries, ({ points }) => lane(points))
  await Promise.all(
    [...lanes.values()].map(async (ofLane) => {
      for (const { points, index } of ofLane) {
        if (Date.now() > until) break
        const day = 10 + index * 2
        const intent: Intent = {
          guest: `guest${1 + (index % 50)}`,
          key: `crash-${plan.length}-${index}`,
          roomId,
          startDate: inDays(day),
          endDate: inDays(day + 2),
          method: 'pm_card_visa',
        }
        const result = await crash(stage, clients, intent, points)
        results.push(result)
        const where = points.map(({ subgraph, failpoint }) => `${subgraph} ${failpoint}`).join(' and ')
        tell(`${results.length} of ${plan.length}: killed at ${where}, ${(result.ms / 1000).toFixed(1)} s`)
      }
    }),
  )
  return results
}
