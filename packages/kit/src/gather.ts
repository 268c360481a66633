import { setImmediate as endOfTick } from 'node:timers/promises'

/**
 * Works on many things together: whatever comes while some are worked on is gathered, and goes next, at most `most`
 * at a time. Of those that have one key, the later wait until the earlier have been worked on. `work` answers for
 * each; where it fails, all of them have failed.
 */
export function gathered<Item, Result>(options: {
  most: number
  keyOf?: (item: Item) => string
  work: (items: readonly Item[]) => Promise<readonly Result[]>
}): (item: Item) => Promise<Result> {
  const { most, keyOf, work } = options
  type Entry = { item: Item; answered: PromiseWithResolvers<Result> }
  let waiting: Entry[] = []
  let working = false

  /** The next ones, in the order in which they came. */
  function take(): Entry[] {
    const keys = new Set<string>()
    const taken: Entry[] = []
    const left: Entry[] = []
    for (const entry of waiting) {
      const key = keyOf?.(entry.item)
      const fits = taken.length < most && (key === undefined || !keys.has(key))
      if (fits) taken.push(entry)
      else left.push(entry)
      if (key !== undefined) keys.add(key)
    }
    waiting = left
    return taken
  }

  async function run() {
    working = true
    // What comes in one tick goes together.
    await endOfTick()
    while (waiting.length > 0) {
      const taken = take()
      try {
        const results = await work(taken.map(({ item }) => item))
        for (const [index, { answered }] of taken.entries()) answered.resolve(results[index] as Result)
      } catch (error) {
        for (const { answered } of taken) answered.reject(error)
      }
    }
    working = false
  }

  return (item) => {
    const answered = Promise.withResolvers<Result>()
    waiting.push({ item, answered })
    if (!working) void run()
    return answered.promise
  }
}
