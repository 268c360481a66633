import { setTimeout as delay } from 'node:timers/promises'
import { roundWithinMsUnlessTold, watch } from './liveness.ts'
import type { Logger } from './logger.ts'
import type { Part } from './service.ts'

/** A worker that runs again and again; `wake` makes it run at once. */
export type Loop = Part & { wake(): void }

/** What is under way when a loop is stopped may be waiting for a server that is away. */
const finishWithinMs = 1_500
/** Between a failure and the next attempt, in milliseconds. */
const longestPauseMs = 5_000

/** Called by work that takes long: it has come round, now unless told (by `performance.now()`). */
export type ComeRound = (at?: number) => void

/**
 * Calls `work` now and then every `everyMs`, never two at a time. `work` answers true when it believes that there
 * is more to do: it is then called again at once. A failure is logged and tried again after a growing pause.
 * Stopping waits for the work under way, but not for long: what is cut off is done again, as after a crash.
 * The process counts as wedged when `work` has not come back within `roundWithinMs`, a minute unless told (see
 * liveness.ts); work that may take longer calls `comeRound` meanwhile.
 */
export function loop(options: {
  name: string
  everyMs: number
  log: Logger
  roundWithinMs?: number
  work(signal: AbortSignal, comeRound: ComeRound): Promise<boolean | void>
}): Loop {
  const stopped = new AbortController()
  let wakeUp: (() => void) | undefined
  let woken = false
  let done: Promise<void> | undefined
  let lastRound = performance.now()
  let unwatch: (() => void) | undefined
  const comeRound: ComeRound = (at = performance.now()) => {
    lastRound = at
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (woken || stopped.signal.aborted) return resolve()
      const timer = setTimeout(resolve, ms)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    }).then(() => {
      wakeUp = undefined
      woken = false
    })

  async function run() {
    let failures = 0
    while (!stopped.signal.aborted) {
      comeRound()
      try {
        const more = await options.work(stopped.signal, comeRound)
        failures = 0
        if (!more) await pause(options.everyMs)
      } catch (error) {
        failures += 1
        options.log.warn({ err: error, loop: options.name, failures }, 'loop failed, trying again')
        await pause(Math.min(longestPauseMs, Math.max(options.everyMs, 100) * 2 ** Math.min(failures, 8)))
      }
    }
  }

  return {
    name: options.name,
    wake() {
      woken = true
      wakeUp?.()
    },
    async start() {
      comeRound()
      const { name, everyMs, roundWithinMs = roundWithinMsUnlessTold } = options
      unwatch = watch({
        name,
        roundWithinMs: Math.max(everyMs, longestPauseMs) + roundWithinMs,
        lastRound: () => lastRound,
      })
      done = run()
    },
    async stop() {
      unwatch?.()
      stopped.abort()
      wakeUp?.()
      await Promise.race([done, delay(finishWithinMs, undefined, { ref: false })])
    },
  }
}
