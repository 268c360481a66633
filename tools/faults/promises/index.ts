import { catchingUp } from './catching-up.ts'
import { databaseRestarted } from './database-restarted.ts'
import { lostStream } from './lost-stream.ts'
import { pageRebuilt } from './page-rebuilt.ts'
import { processDies } from './process-dies.ts'
import type { Promised } from './promise.ts'
import { readYourWrites } from './read-your-writes.ts'
import { supportingDown } from './supporting-down.ts'
import { tooBusy } from './too-busy.ts'
import { unknownOutcomes } from './unknown-outcomes.ts'

/** Every promise that says a number. */
export const promises: readonly Promised[] = [
  readYourWrites,
  supportingDown,
  catchingUp,
  pageRebuilt,
  lostStream,
  tooBusy,
  unknownOutcomes,
  databaseRestarted,
  processDies,
]

/** The promises that are asked for: those whose name has one of these parts in it. */
export const promisesNamed = (only: readonly string[] = []) =>
  promises.filter(({ name }) => only.some((part) => name.includes(part)))
