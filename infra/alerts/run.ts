import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../proof/eventually.ts'
import type { Fault, Undo } from './faults/fault.ts'
import type { Watched } from './stage.ts'

/** How one alert told of its fault; times in seconds. */
export type Trial = {
  readonly alert: string
  readonly fault: string
  /** From the fault to the webhook; null where it was not told. */
  readonly firedAfter: number | null
  /** From the end of the fault to the webhook; null where it was not taken back. */
  readonly resolvedAfter: number | null
}

/** Longer than the slowest of them takes. */
const fireWithinMs = 240_000
const resolveWithinMs = 300_000

/** Watches a healthy system; the names of the alerts that were told nevertheless. */
export async function watchHealthy(
  { webhook }: Watched,
  minutes: number,
  signal: AbortSignal,
): Promise<string[]> {
  await delay(minutes * 60_000, undefined, { signal })
  return [...new Set(webhook.notices.map(({ alert }) => alert))]
}

type Running = { fault: Fault; injectedAt: number; undo: Undo; undoneAt: number }

/** Lets faults happen at the same time, waits until their alerts are told, mends all, and waits until they are taken back. */
export async function tryFaults(
  watched: Watched,
  faults: readonly Fault[],
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<Trial[]> {
  const { webhook } = watched
  await eventually('no alert is told', resolveWithinMs, async () => webhook.firing().length === 0, { signal })
  const running: Running[] = []
  try {
    for (const fault of faults) {
      tell(fault.what)
      const injectedAt = Date.now()
      running.push({ fault, injectedAt, undo: await fault.inject(watched), undoneAt: 0 })
    }
    const isTold = ({ fault, injectedAt }: Running) =>
      fault.alerts.every((alert) => firstNotice(watched, alert, 'firing', injectedAt))
    await waitFor(fireWithinMs, () => running.every(isTold), signal)
  } finally {
    for (const one of [...running].reverse()) {
      await one.undo().catch((error: unknown) => tell(`not mended: ${String(error)}`))
      one.undoneAt = Date.now()
    }
  }
  const expected = running.flatMap(({ fault }) => fault.alerts)
  const isOver = () => !webhook.firing().some((alert) => expected.includes(alert))
  await waitFor(resolveWithinMs, isOver, signal)
  return running.flatMap((one) => one.fault.alerts.map((alert) => trialOf(watched, one, alert)))
}

const waitFor = (withinMs: number, ask: () => boolean, signal: AbortSignal) =>
  eventually('alerts', withinMs, async () => ask(), { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    return error
  })

const firstNotice = ({ webhook }: Watched, name: string, wanted: string, since: number) =>
  webhook.notices.find(({ alert, status, at }) => alert === name && status === wanted && at >= since)

function trialOf(watched: Watched, { fault, injectedAt, undoneAt }: Running, alert: string): Trial {
  const fired = firstNotice(watched, alert, 'firing', injectedAt)
  const resolved = watched.webhook.notices.findLast((one) => one.alert === alert && one.status === 'resolved')
  const isResolved = fired && resolved && !watched.webhook.firing().includes(alert)
  const seconds = (ms: number) => Math.round(ms / 100) / 10
  return {
    alert,
    fault: fault.what,
    firedAfter: fired ? seconds(fired.at - injectedAt) : null,
    // One that tells of something that is over by itself may be taken back before anybody mends anything.
    resolvedAfter: isResolved ? Math.max(0, seconds(resolved.at - undoneAt)) : null,
  }
}
