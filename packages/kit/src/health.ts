import { setTimeout as delay } from 'node:timers/promises'
import { overdue } from './liveness.ts'
import type { Health, Part } from './part.ts'

/** What was found is good for so long: however many ask, a part is asked about once a second. */
const freshForMs = 1_000
/** A part that says nothing for so long is away. */
const lookWithinMs = 2_000
/** A finding that is older says nothing of why a loop is late. */
const staleAfterMs = 10_000
const tickEveryMs = 1_000
/** The process stood still (SIGSTOP, a machine that slept) when a tick is late by so much. */
const stoodStillMs = 5_000

/** What is answered to who asks how the service is. */
export type Verdict = { readonly ok: boolean; readonly told: Record<string, unknown> }

/**
 * How a service is.
 *
 * **Ready** is a service that has been able to do its work, once, since it started, and that is not stopping. It stays
 * so while a database, Redis or the bus is away: all replicas share those, and would be taken out at once, where each
 * can say SERVICE_UNAVAILABLE itself, answer what needs none of them, and is there when they are back.
 *
 * **Live** is a process whose event loop turns and whose loops come round (liveness.ts). A loop that is late while
 * something that the service needs is away waits for that: a restart would help nobody. One that is late otherwise makes
 * the service neither live nor ready.
 */
export type ServiceHealth = Health & {
  live(): Verdict
  ready(): Promise<Verdict>
  /** All parts are started. */
  started(): void
  /** From now on the service is not ready. */
  stopping(): void
}

export function createHealth(parts: readonly Part[]): ServiceHealth {
  let phase: 'starting' | 'started' | 'stopping' = 'starting'
  let hasBeenAble = false
  let found = { able: false, whole: false, parts: {} as Record<string, string> }
  let foundAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined
  /** When loops began to have nothing to wait for: something was away, or the process stood still, until then. */
  let unhinderedSince = Number.NEGATIVE_INFINITY

  let tickedAt = performance.now()
  setInterval(() => {
    const now = performance.now()
    if (now - tickedAt > tickEveryMs + stoodStillMs) unhinderedSince = now
    tickedAt = now
  }, tickEveryMs).unref()

  async function look() {
    const states = await Promise.all(parts.map(async (part) => ({ part, state: await stateOf(part) })))
    found = {
      able: states.every(({ part, state }) => part.optional || state === 'ok'),
      whole: states.every(({ state }) => state === 'ok'),
      parts: Object.fromEntries(states.map(({ part, state }) => [part.name, state])),
    }
    foundAt = performance.now()
    if (!found.whole) unhinderedSince = foundAt
    hasBeenAble ||= found.able && phase === 'started'
    looking = undefined
  }
  const age = () => performance.now() - foundAt
  /** Sees to it that what is known is fresh; resolves when it is. */
  async function refresh() {
    if (age() <= freshForMs) return
    looking ??= look()
    await looking
  }

  /** Loops that are late for no reason of others. */
  function wedged(): readonly string[] {
    const late = overdue(unhinderedSince)
    if (late.length === 0) return late
    // Whether there is a reason is not known yet; it is when this is asked again.
    const isKnown = age() < staleAfterMs
    void refresh()
    return isKnown && found.whole ? late : []
  }

  return {
    async check() {
      await refresh()
      return { ready: phase === 'started' && found.able, parts: found.parts }
    },
    live() {
      const loops = wedged()
      return loops.length > 0
        ? { ok: false, told: { status: 'wedged', loops } }
        : { ok: true, told: { status: 'ok' } }
    },
    async ready() {
      // Once it was able, nobody waits for what may be away.
      if (hasBeenAble) void refresh()
      else await refresh()
      const status = statusOf()
      return { ok: status === 'ok', told: { status, parts: found.parts } }
    },
    started() {
      phase = 'started'
      foundAt = Number.NEGATIVE_INFINITY
    },
    stopping() {
      phase = 'stopping'
    },
  }

  function statusOf(): string {
    if (phase !== 'started') return phase
    const [loop] = wedged()
    if (loop) return `wedged: ${loop}`
    return hasBeenAble ? 'ok' : 'not able to serve yet'
  }
}

/** 'ok', or why it is not. */
async function stateOf(part: Part): Promise<string> {
  if (!part.ready) return 'ok'
  const asked = part.ready().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  return await Promise.race([asked, delay(lookWithinMs, 'says nothing', { ref: false })])
}
