import { contexts } from '../views/project.ts'
import type { Clock, Pages } from './ports.ts'

/** A version of an aggregate that a client has just written. */
export type Written = { readonly aggregate: string; readonly version: number }

const longestWaitMs = 500
const lookEveryMs = 15
const mostWrites = 50

/** Reads the header x-read-after, `book.<id>:1,room.<id>:3`; what My Page does not follow is left out. */
export function parseReadAfter(header: string | null): Written[] {
  if (!header) return []
  return header
    .split(',', mostWrites)
    .map((entry) => /^\s*(([a-z]+)\.[\w-]+):(\d{1,9})\s*$/.exec(entry))
    .filter((match) => match !== null)
    .filter(([, , context = '']) => contexts.includes(context))
    .map(([, aggregate = '', , version]) => ({ aggregate, version: Number(version) }))
}

/**
 * Waits until the page has taken in what was written, at most half a second. Answers how far it has come and, as
 * they were asked for, the writes that it still lacks.
 */
export async function caughtUp(
  pages: Pages,
  writes: readonly Written[],
  clock: Clock,
): Promise<{ asOf: number; behind: string[] }> {
  const deadline = clock.now() + longestWaitMs
  for (;;) {
    const { asOf, versions } = await pages.progress(writes.map(({ aggregate }) => aggregate))
    const behind = writes
      .filter(({ version }, index) => (versions[index] ?? 0) < version)
      .map(({ aggregate, version }) => `${aggregate}:${version}`)
    if (behind.length === 0 || clock.now() >= deadline) return { asOf, behind }
    await clock.pause(lookEveryMs)
  }
}
