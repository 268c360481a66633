import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../demo/random.ts'
import type { Fault } from './injections/fault.ts'
import type { Injected } from './report.ts'
import type { Stage } from './stage.ts'

export type LanesRun = {
  /** How often each fault is injected. */
  rounds: number
  /** Milliseconds since 1970 after which nothing new is begun; each fault is injected once in any case. */
  until: number
  dice: Random
  signal?: AbortSignal
  tell: (line: string) => void
}

/** The longest time between two injections of a lane. */
const restMs = 500

/** Injects faults: those of a lane in turn, round after round, all lanes at a time. */
export async function injectAll(
  stage: Stage,
  lanes: readonly (readonly Fault[])[],
  { rounds, until, dice, signal, tell }: LanesRun,
): Promise<{ injected: Injected[]; wrong: string[] }> {
  const counts = new Map(lanes.flat().map((fault) => [fault.name, 0]))
  const wrong: string[] = []

  async function inject(fault: Fault) {
    try {
      await fault.inject(stage, dice)
    } catch (error) {
      wrong.push(`${fault.name}: ${error instanceof Error ? error.message : error}`)
    }
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1)
    await delay(dice.next() * restMs)
  }

  await Promise.all(
    lanes.map(async (lane) => {
      for (let round = 1; round <= rounds; round += 1) {
        for (const fault of lane) {
          const isOver = signal?.aborted || (round > 1 && Date.now() > until)
          if (isOver) return
          await inject(fault)
        }
        tell(`${round} of ${rounds} times: ${lane.map(({ name }) => name).join('; ')}`)
      }
    }),
  )
  return { injected: [...counts].map(([fault, count]) => ({ fault, count, of: rounds })), wrong }
}
