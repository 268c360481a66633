import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const figure = z.object({
  what: z.string(),
  measured: z.union([z.string(), z.number()]),
  limit: z.string().optional(),
  holds: z.boolean().optional(),
})

/** What is kept of the last run of a proof. */
const result = z.object({
  name: z.string(),
  claim: z.string(),
  /** What was typed, where it was not `npm run cluster -- proofs <name>`. */
  command: z.string().optional(),
  /** `kept`: every promise held. `broken`: one did not, or it could not be tried to its end. */
  outcome: z.enum(['kept', 'broken', 'not possible here']),
  figures: z.array(figure),
  /** What this cluster made different, and why it could not be tried or went wrong. */
  notes: z.array(z.string()),
  /** When it began, as ISO 8601 in UTC, and how long it took. */
  at: z.string(),
  seconds: z.number(),
  /** Of what it was tried on, by name: Kubernetes, containerd, NATS. */
  versions: z.record(z.string(), z.string()),
  /** What was made from other sources for this cluster. */
  converted: z.array(z.string()),
})

export type Result = z.infer<typeof result>

/** Keeps a result as `<folder>/<name>.json`, in place of the one before. */
export function keep(folder: string, kept: Result): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${kept.name}.json`), `${JSON.stringify(kept, null, 2)}\n`)
}

/** All results of a folder. @throws where a file is none */
export function readResults(folder: string): Result[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => result.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))))
}
