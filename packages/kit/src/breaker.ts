import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  noJitterGenerator,
} from 'cockatiel'
import { countBreaker } from './figures.ts'

/** The call was not made: it would have been waited for in vain. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked'
}

/** Keeps calls to a process from being made while it is away. */
export type Breaker = {
  /** Whether a call would be made now. */
  admits(): boolean
  /** @throws NotAsked at once where the call is not made; else whatever `call` throws. */
  run<Result>(call: () => Promise<Result>): Promise<Result>
  stop(): void
}

/** What a failed call says of the process: nothing, that it fails, or that it let the caller wait for nothing. */
export type Blame = 'none' | 'failed' | 'silent'

/** Connections that were closed on this side say nothing of the other. */
const ownDoing = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED'])

/** What an error of undici's says of the process that was called. */
export function blameForConnection(error: unknown): Blame {
  const { code } = (error ?? {}) as { code?: unknown }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'silent'
  return typeof code === 'string' && !ownDoing.has(code) ? 'failed' : 'none'
}

/** So many calls in a row have to fail, where they fail without a wait. */
const failuresInARow = 3
/** Between two looks at a process that is away, in milliseconds. */
const lookEveryMs = 250
/** After calls that failed although the process looked well: twice as long each time, up to this. */
const longestPauseMs = 2_000

/** Nothing came from the process between the call and its failure. */
class Silence extends Error {}

const causeOf = (error: unknown) => (error instanceof Silence ? error.cause : error)

/**
 * A circuit breaker that opens at once when a process was silent for as long as a call may take, since all further calls
 * would wait as long, and after three failures in a row. A call that takes too long while others are answered says
 * nothing of the process. While it is open, `isThere` looks every quarter of a second whether the process is back, so
 * that no request waits to learn it; then one request tries, and the others follow when that is answered.
 */
export function createBreaker(options: {
  /** Who is called, and by which calls: as figures have it. */
  callee: string
  calls: string
  blameFor: (error: unknown) => Blame
  /** Whether an answer is one of a process that fails. */
  isFailure: (answer: unknown) => boolean
  isThere: () => Promise<boolean>
  onOpen: (error: unknown) => void
  /** Is told how many calls were not made meanwhile. */
  onClosed: (notMade: number) => void
}): Breaker {
  const { blameFor, isThere } = options
  let answers = 0
  let failures = 0
  let notMade = 0
  let looksWell = false
  let timer: NodeJS.Timeout | undefined

  const policy = circuitBreaker(
    handleWhen((error) => blameFor(causeOf(error)) !== 'none').orWhenResult(options.isFailure),
    {
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: lookEveryMs,
        maxDelay: longestPauseMs,
        generator: noJitterGenerator,
      }),
      breaker: {
        state: undefined,
        success() {
          failures = 0
        },
        failure() {
          failures += 1
          return lastError() instanceof Silence || failures >= failuresInARow
        },
      },
    },
  )
  const lastError = () => {
    const failure = policy.lastFailure
    return failure && 'error' in failure ? failure.error : undefined
  }
  policy.onBreak(() => {
    if (!looksWell) options.onOpen(causeOf(lastError()))
    looksWell = false
    look()
  })
  policy.onReset(() => {
    options.onClosed(notMade)
    looksWell = false
    notMade = 0
  })

  function look() {
    timer = setTimeout(async () => {
      looksWell = await isThere()
      if (!looksWell && timer) look()
    }, lookEveryMs)
    timer.unref()
  }

  const admits = () =>
    policy.state === CircuitState.Closed || (policy.state === CircuitState.Open && looksWell)

  function refuse(): never {
    notMade += 1
    counted.refused()
    throw new NotAsked('not asked, because it did not answer before')
  }

  const { callee, calls } = options
  const counted = countBreaker({ callee, calls, isOpen: () => policy.state !== CircuitState.Closed })

  return {
    admits,
    async run(call) {
      if (!admits()) refuse()
      const before = answers
      try {
        return await policy.execute(async () => {
          try {
            const answer = await call()
            answers += 1
            return answer
          } catch (error) {
            const isSilence = answers === before && blameFor(error) === 'silent'
            throw isSilence ? new Silence('silent', { cause: error }) : error
          }
        })
      } catch (error) {
        if (error instanceof BrokenCircuitError) refuse()
        throw causeOf(error)
      }
    },
    stop() {
      counted.end()
      clearTimeout(timer)
      timer = undefined
    },
  }
}
