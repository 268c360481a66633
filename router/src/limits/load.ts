import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Logger } from '@myhotel/kit/logger'
import type { Part } from '@myhotel/kit/service'

const resolutionMs = 20
const lookEveryMs = 500

/** How much this router has to do, and whether it can take in more. */
export type Load = Part & {
  /** Takes a request in, unless there is too much to do. */
  enter(): boolean
  /** A request that was taken in is done. */
  leave(): void
}

/**
 * Requests beyond what the router can hold are turned away at once: they would only make those that it has taken in
 * slower, until all of them are too late. It is full when so many requests are under way, or when the event loop comes
 * round later than it should on average, twice in a row: one long step, as at the start, is no overload.
 */
export function createLoad(options: { maxInFlight: number; maxDelayMs: number; log: Logger }): Load {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  let inFlight = 0
  let turnedAway = 0
  let late = false
  let lateBefore = false
  let timer: NodeJS.Timeout | undefined
  let lookedAt = 0
  return {
    name: 'load',
    async start() {
      delay.enable()
      lookedAt = performance.now()
      timer = setInterval(() => {
        if (turnedAway > 0) options.log.warn({ turnedAway, inFlight, late }, 'too much to do')
        turnedAway = 0
        // No number where the loop did not come round in between: then this look tells how late it is.
        const sinceLook = performance.now() - lookedAt - lookEveryMs
        const lateBy = Number.isNaN(delay.mean) ? sinceLook : delay.mean / 1e6 - resolutionMs
        const lateNow = lateBy > options.maxDelayMs
        late = lateNow && lateBefore
        lateBefore = lateNow
        delay.reset()
        lookedAt = performance.now()
      }, lookEveryMs).unref()
    },
    async stop() {
      clearInterval(timer)
      delay.disable()
    },
    enter() {
      if (late || inFlight >= options.maxInFlight) {
        turnedAway += 1
        return false
      }
      inFlight += 1
      return true
    },
    leave() {
      inFlight -= 1
    },
  }
}
