import { GraphQLError } from 'graphql'
import type { Path } from './data.ts'

/** What the errors of one answer may take: ten thousand of the usual length, some 2 MB as JSON. */
const mostCharacters = 2_500_000
/** What an error takes beside its message, by estimate: path, code, names. */
const restOfError = 150

/** What went wrong, before it is told. */
export type Failure = {
  readonly message: string
  readonly path?: Path | undefined
  readonly extensions: Readonly<Record<string, unknown>>
  /** What only the log is told. */
  readonly origin?: unknown
}

/** What becomes of a failure when it is told; null where it is not. */
type Present = (failure: Failure) => Failure | null

/**
 * What went wrong in one execution. A client that is told of thousands does nothing with the last ones, and a single
 * error of a subgraph's belongs to as many places as the object stands in: what is beyond all measure is only counted.
 */
export type Errors = {
  isEmpty(): boolean
  /** Adds a failure for each of so many places; each is made only if it may be told. */
  add(message: string, places: number, make: (place: number) => Failure): void
  /** Adds what the execution itself threw. */
  addThrown(error: unknown): void
  /** All that is told; the last one says how many are not. */
  told(present?: Present): GraphQLError[]
}

export function createErrors(characters = mostCharacters): Errors {
  const thrown: unknown[] = []
  const failures: Failure[] = []
  let left = characters
  let leftOut = 0
  return {
    isEmpty: () => thrown.length === 0 && failures.length === 0,
    add(message, places, make) {
      let place = 0
      for (; place < places && left > 0; place += 1) {
        left -= message.length + restOfError
        failures.push(make(place))
      }
      leftOut += places - place
    },
    addThrown: (error) => void thrown.push(error),
    told(present = (failure) => failure) {
      const told = [...(thrown as GraphQLError[]), ...withoutStacks(() => failures.flatMap(errorOf(present)))]
      if (leftOut > 0) told.push(tooMany(leftOut))
      return told
    },
  }
}

const errorOf = (present: Present) => (failure: Failure) => {
  const shown = present(failure)
  if (!shown) return []
  const { message, path, extensions, origin } = shown
  return [new GraphQLError(message, { path, extensions, originalError: origin as Error })]
}

/** What happened elsewhere has no stack here, and to take one costs more than all else that is done to an error. */
function withoutStacks<Value>(work: () => Value): Value {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function tooMany(leftOut: number): GraphQLError {
  const message = `${leftOut} more errors are left out here: ask for fewer objects to see all errors.`
  return new GraphQLError(message, { extensions: { code: 'ERRORS_LEFT_OUT' } })
}
