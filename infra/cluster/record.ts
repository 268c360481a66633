import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Conversion } from './images.ts'
import type { Machine } from './machine.ts'
import { RUN } from './paths.ts'

/** What is written about a cluster while it runs. */
export type ClusterRecord = {
  control: Machine
  /** By number, from 1; null for one that is switched off. */
  nodes: (Machine | null)[]
  /** Program and version, in words. */
  versions: Record<string, string>
  conversions: Conversion[]
  /** Whether all of it was up once. */
  ready: boolean
}

const FILE = join(RUN, 'cluster.json')

/** What is written about the cluster, or null where there is none. It may have been killed since. */
export function readRecord(): ClusterRecord | null {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as ClusterRecord
  } catch {
    return null
  }
}

export async function writeRecord(record: ClusterRecord): Promise<void> {
  await mkdir(RUN, { recursive: true })
  await writeFile(`${FILE}.draft`, JSON.stringify(record, null, 2), { mode: 0o600 })
  await rename(`${FILE}.draft`, FILE)
}
