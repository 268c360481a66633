import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks again and again until there is an answer other than undefined, null and false. What throws is asked again as well.
 *
 * @param what for the error: "the pods of room are ready"
 * @returns the answer
 * @throws in a sentence when the time is up, with what was thrown last as its cause
 */
export async function eventually<Answer>(
  what: string,
  withinMs: number,
  ask: () => Promise<Answer | undefined | null | false>,
  { everyMs = 500, signal }: { everyMs?: number; signal?: AbortSignal } = {},
): Promise<Answer> {
  const deadline = Date.now() + withinMs
  let cause: unknown
  for (;;) {
    signal?.throwIfAborted()
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== null && answer !== false) return answer
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (Date.now() > deadline) {
      const last = cause instanceof Error ? `: ${cause.message}` : ''
      throw new Error(`Not within ${withinMs / 1_000} s: ${what}${last}`, { cause })
    }
    await delay(everyMs, undefined, { signal })
  }
}
