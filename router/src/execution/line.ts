import type { QueryPlan } from '@apollo/query-planner'
import { traced } from '@myhotel/kit/tracing'
import { fetchesIn } from './planning/fetches.ts'

/** Where operations wait while others are worked on. */
export type Line = {
  /** Makes work wait for its turn, each time. `fetches` is how much of it there is. */
  inTurn<Arguments extends unknown[], Result>(
    fetches: number,
    work: (...given: Arguments) => Promise<Result>,
  ): (...given: Arguments) => Promise<Result>
}

type Waiting = { readonly fetches: number; begin(): void }

/** A turn of the event loop that took no longer, in milliseconds, had nothing to do. */
const idleTurnMs = 0.05
/** After so many milliseconds of such turns it is not the processor that is short. */
const idleMs = 0.25

/**
 * Lets operations of so many fetches go on at once. Beyond that, one more begins whenever the event loop has had
 * nothing else to do for a moment: where subgraphs are waited for, that is soon, and nobody stands in line for long;
 * where the processor is what is short, what has begun is finished before more is begun. It takes nobody longer, and half-made
 * results do not pile up, which the garbage collector would copy again and again.
 */
export function createLine(fetchesAtOnce: number, now = () => performance.now()): Line {
  const line: Waiting[] = []
  let underWay = 0
  let turning = false
  let turnedAt = 0
  let idleSince = 0

  const isFree = (fetches: number) => underWay === 0 || underWay + fetches <= fetchesAtOnce

  function beginNext() {
    const next = line.shift()
    if (!next) return
    underWay += next.fetches
    next.begin()
  }

  function turn() {
    const at = now()
    if (at - turnedAt > idleTurnMs) idleSince = at
    turnedAt = at
    if (at - idleSince >= idleMs) {
      idleSince = at
      beginNext()
    }
    turning = line.length > 0
    if (turning) setImmediate(turn)
  }

  function enter(fetches: number): Promise<void> | undefined {
    if (line.length === 0 && isFree(fetches)) {
      underWay += fetches
      return undefined
    }
    if (!turning) setImmediate(turn)
    turning = true
    return new Promise((begin) => line.push({ fetches, begin }))
  }

  function leave(fetches: number) {
    underWay -= fetches
    while (line[0] && isFree(line[0].fetches)) beginNext()
  }

  return {
    inTurn:
      (fetches, work) =>
      async (...given) => {
        const turn = enter(fetches)
        if (turn) await traced('queue', {}, () => turn)
        try {
          return await work(...given)
        } finally {
          leave(fetches)
        }
      },
  }
}

/** How many fetches a plan has. */
export const fetchesOf = ({ node }: QueryPlan): number => fetchesIn(node).length
