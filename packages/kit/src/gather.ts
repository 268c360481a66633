import { setTimeout as delay, setImmediate as endOfTick } from 'node:timers/promises'

/**
 * Works on many things together: whatever comes while some are worked on is gathered, and goes next, at most `most`
 * at a time and in as many `lanes` (one unless told). Where nobody is in a hurry, what comes within `waitMs` of the
 * first is gathered, too. Of those that have one key, the later wait until the earlier have been worked on. `work`
 * answers for each; where it fails, all of them have failed, unless `isOfOne` says that it may be the fault of one:
 * then each is worked on by itself.
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
  type Entry = { item: Item; key: string | undefined; answered: PromiseWithResolvers<Result> }
  const underWay = new Set<string>()
  let waiting: Entry[] = []
  let open = 0

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
    return taken
  }

  async function workOn(entries: readonly Entry[]): Promise<void> {
    try {
      const results = await work(entries.map(({ item }) => item))
      for (const [index, { answered }] of entries.entries()) answered.resolve(results[index] as Result)
    } catch (error) {
      if (entries.length > 1 && isOfOne?.(error)) {
        for (const entry of entries) await workOn([entry])
      } else {
        for (const { answered } of entries) answered.reject(error)
      }
    }
  }

  /** What comes in one tick goes together. */
  const together = () => (waitMs > 0 ? delay(waitMs) : endOfTick())

  async function lane() {
    for (;;) {
      await together()
      const taken = take()
      if (taken.length === 0) break
      await workOn(taken)
      for (const { key } of taken) if (key !== undefined) underWay.delete(key)
    }
    open -= 1
  }

  return (item) => {
    const answered = Promise.withResolvers<Result>()
    waiting.push({ item, key: keyOf?.(item), answered })
    if (open < lanes) {
      open += 1
      void lane()
    }
    return answered.promise
  }
}
