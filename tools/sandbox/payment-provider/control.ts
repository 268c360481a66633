import { z } from 'zod'

/** A call of the provider's clients, as far as faults can tell them apart. */
export type Operation = 'pay' | 'refund' | 'query' | 'close'

/** The faults that can be switched on, for as long as the process lives. Milliseconds; rates from 0 to 1. */
export const faults = z.object({
  /** Wait before doing the work. */
  delayMs: z.number().min(0).default(0),
  /** Wait after the work is done, before the answer. */
  answerDelayMs: z.number().min(0).default(0),
  /** Wait before the work, or after it with the answer, until other faults are switched on or these off. */
  hold: z.enum(['work', 'answer']).nullable().default(null),
  /** Share of the calls that answer 500 and do nothing. */
  failRate: z.number().min(0).max(1).default(0),
  /** How many of the next calls answer 500 and do nothing. */
  failNext: z.number().int().min(0).default(0),
  /** Every call does its work, then the connection is cut without an answer. */
  loseAnswers: z.boolean().default(false),
  /** How many of the next calls do so. */
  loseNext: z.number().int().min(0).default(0),
  /** The calls that the faults hit; the others go on as if nothing were wrong. */
  operations: z
    .array(z.enum(['pay', 'refund', 'query', 'close']))
    .default(['pay', 'refund', 'query', 'close']),
})

export type Faults = z.infer<typeof faults>

type Fate = {
  delayMs: number
  answerDelayMs: number
  hold: Faults['hold']
  /** Settles when what is held goes on. */
  released: Promise<void>
  fails: boolean
  loses: boolean
}

/** Holds the faults that are switched on and says, call by call, what is to happen to it. */
export class Control {
  #faults: Faults = faults.parse({})
  #released = Promise.withResolvers<void>()

  get current(): Faults {
    return this.#faults
  }

  /** Switches on what is named; what is not named is off. */
  set(next: Faults): void {
    this.#faults = next
    this.#released.resolve()
    this.#released = Promise.withResolvers()
  }

  /** Decides the fate of one call and counts it against `failNext` and `loseNext`. */
  next(operation: Operation): Fate {
    const now = this.#faults
    const released = this.#released.promise
    if (!now.operations.includes(operation))
      return { delayMs: 0, answerDelayMs: 0, hold: null, released, fails: false, loses: false }
    const fails = now.failNext > 0 || Math.random() < now.failRate
    const loses = !fails && (now.loseAnswers || now.loseNext > 0)
    if (fails && now.failNext > 0) now.failNext -= 1
    if (loses && now.loseNext > 0) now.loseNext -= 1
    const { delayMs, answerDelayMs, hold } = now
    return { delayMs, answerDelayMs, hold, released, fails, loses }
  }
}
