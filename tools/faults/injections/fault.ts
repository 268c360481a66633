import type { Random } from '../../demo/random.ts'
import type { Stage } from '../stage.ts'

/** Something bad that happens to a running system, and what is done about it where an operator must. */
export type Fault = {
  readonly name: string
  /** Done once, before anything is hit. Answers why the fault cannot be had on this machine, where it cannot. */
  prepare?(stage: Stage): Promise<string | undefined>
  /** One injection, from its beginning to the end of its cause. */
  inject(stage: Stage, dice: Random): Promise<void>
}

export const between = (dice: Random, from: number, to: number) =>
  Math.floor(from + dice.next() * (to - from))

/** All processes of a subgraph, or the server of that name. */
export const replicasOf = (stage: Stage, name: string) =>
  stage.system.processes
    .filter((process) => process.name.split('#')[0] === name)
    .map((process) => process.name)

export const signal = (stage: Stage, process: string, what: NodeJS.Signals) => {
  try {
    stage.system.kill(process, what)
  } catch {
    // It is down already, and about to be started again.
  }
}
