import { availableParallelism } from 'node:os'

/**
 * How many files of tests run side by side. They wait for other processes most of the time: the default, one on two
 * cores, would leave both idle.
 */
export const WORKERS = Math.max(3, availableParallelism())

/** The NATS account of each worker (kit's `testService` names it), by the number that Vitest gives it. */
export const WORKERS_ACCOUNTS: readonly string[] = Array.from(
  { length: WORKERS },
  (_, index) => `worker${index + 1}`,
)
