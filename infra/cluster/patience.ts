import { setTimeout as delay } from 'node:timers/promises'

/** Far longer than anything here takes on a busy computer. */
const PATIENCE_MS = 180_000

/** Tries until it works. @throws what was wrong the last time, or the reason of `signal` */
export async function patiently<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      signal?.throwIfAborted()
      if (Date.now() > deadline) throw error
      await delay(200)
    }
  }
}
