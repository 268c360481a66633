import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from './logger.ts'
import type { Part } from './service.ts'

/** A worker that runs again and again; `wake` makes it run at once. */
export type Loop = Part & { wake(): void }

/** What is under way when a loop is stopped may be waiting for a server that is away. */
const finishWithinMs = 1_500

/**
 * Calls `work` now and then every `everyMs`, never two at a time. `work` answers true when it believes that there
 * is more to do: it is then called again at once. A failure is logged and tried again after a growing pause.
 * Stopping waits for the work under way, but not for long: what is cut off is done again, as after a crash.
 */
export function loop(options: {
  name: string
  everyMs: number
  log: Logger
  work(signal: AbortSignal): Promise<boolean | void>
}): Loop {
  const stopped = new AbortController()
  let wakeUp: (() => void) | undefined
  let woken = false
  let done: Promise<void> | undefined

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
      try {
        const more = await options.work(stopped.signal)
        failures = 0
        if (!more) await pause(options.everyMs)
      } catch (error) {
        failures += 1
        options.log.warn({ err: error, loop: options.name, failures }, 'loop failed, trying again')
        await pause(Math.min(5_000, Math.max(options.everyMs, 100) * 2 ** Math.min(failures, 8)))
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
      done = run()
    },
    async stop() {
      stopped.abort()
      wakeUp?.()
      await Promise.race([done, delay(finishWithinMs, undefined, { ref: false })])
    },
  }
}
