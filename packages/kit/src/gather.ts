import { setImmediate as endOfTick } from 'node:timers/promises'
import type { Correlation } from './context.ts'
import { callerUnderWay, tracedTogether } from './tracing.ts'

/** From so many on, more are worth waiting for. */
const crowd = 4

/**
 * Works on many things together: whatever comes while some are worked on is gathered, and goes next, at most `most`
 * at a time and in as many `lanes` (one unless told). Whoever comes alone waits for nobody; but from a crowd that went
 * together on, until somebody comes alone again, what comes next is given `waitMs` to become more, unless some are left
 * over or as many as may go are there. Of those that have one key, the later wait until the earlier have been worked on.
 * `work` answers for each; where it fails, all of them have failed, unless `isOfOne` says that it may be the fault of
 * one: then each is worked on by itself.
 */
export function gathered<Item, Result>(options: {
  most: number
  lanes?: number
  waitMs?: number
  keyOf?: (item: Item) => string
  isOfOne?: (error: unknown) => boolean
  work: (items: readonly Item[]) => Promise<readonly Result[]>
}): (item: Item) => Promise<Result> {
  const { most, lanes = 1, waitMs = 0, keyOf, isOfOne, work } = options
  type Entry = {
    item: Item
    key: string | undefined
    caller: Correlation | undefined
    answered: PromiseWithResolvers<Result>
  }
  const underWay = new Set<string>()
  let waiting: Entry[] = []
  let open = 0
  /** One lane at a time gathers; `enough` ends its wait. */
  let gathering = false
  let enough: (() => void) | undefined
  /** From a crowd on until somebody comes alone. */
  let isCrowded = false
  let areLeft = false

  /** The next ones, in the order in which they came. */
  function take(): Entry[] {
    const passed = new Set<string>()
    const taken: Entry[] = []
    const left: Entry[] = []
    for (const entry of waiting) {
      const { key } = entry
      const isFree = key === undefined || !(underWay.has(key) || passed.has(key))
      if (isFree && taken.length < most) {
        taken.push(entry)
        if (key !== undefined) underWay.add(key)
      } else {
        left.push(entry)
        if (key !== undefined) passed.add(key)
      }
    }
    waiting = left
    areLeft = left.length > 0
    if (taken.length >= crowd) isCrowded = true
    else if (taken.length === 1) isCrowded = false
    return taken
  }

  async function workOn(entries: readonly Entry[]): Promise<void> {
    try {
      const callers = entries.map(({ caller }) => caller)
      const results = await tracedTogether(callers, () => work(entries.map(({ item }) => item)))
      for (const [index, { answered }] of entries.entries()) answered.resolve(results[index] as Result)
    } catch (error) {
      if (entries.length > 1 && isOfOne?.(error)) {
        for (const entry of entries) await workOn([entry])
      } else {
        for (const { answered } of entries) answered.reject(error)
      }
    }
  }

  /** What comes in one tick goes together in any case. */
  async function gather(): Promise<Entry[]> {
    gathering = true
    if (waitMs > 0 && isCrowded && !areLeft && waiting.length < most) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        enough = () => resolve(clearTimeout(timer))
      })
      enough = undefined
    } else {
      await endOfTick()
    }
    gathering = false
    return take()
  }

  async function lane() {
    while (waiting.length > 0 && !gathering) {
      const taken = await gather()
      if (taken.length === 0) break
      openLane()
      await workOn(taken)
      for (const { key } of taken) if (key !== undefined) underWay.delete(key)
    }
    open -= 1
  }

  function openLane() {
    if (waiting.length === 0 || gathering || open === lanes) return
    open += 1
    void lane()
  }

  return (item) => {
    const answered = Promise.withResolvers<Result>()
    waiting.push({ item, key: keyOf?.(item), caller: callerUnderWay(), answered })
    if (waiting.length >= most) enough?.()
    openLane()
    return answered.promise
  }
}
