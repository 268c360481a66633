import type { System } from '../../../tools/system/index.ts'
import type { Traffic } from '../traffic.ts'

/** Where faults happen. */
export type Stage = { readonly system: System; readonly traffic: Traffic }

/** Mends what a fault has broken. */
export type Undo = () => Promise<void>

/** Something that really goes wrong, and the alerts that are to tell of it. */
export type Fault = {
  /** What is done, in words: "NATS is stopped". */
  readonly what: string
  readonly alerts: readonly string[]
  inject(stage: Stage): Promise<Undo>
}
