import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promised, told } from '../proof/proof.ts'
import { claims, leavesNothing } from '../proof/proofs/index.ts'
import { toMarkdown } from '../proof/report.ts'
import { keep, type Result, readResults } from '../proof/results.ts'
import type { Account } from './commands.ts'

const INFRA = join(import.meta.dirname, '..')
const RESULTS = join(INFRA, 'proof/results')
const KINDS = ['processes', 'namespaces', 'mounts', 'cgroups', 'network links', 'firewall rules', 'files']

/** Keeps what came of a whole run beside its proofs, and writes it into PROOFS.md. @returns whether nothing is left */
export function keepAccount(account: Account, began: Date): boolean {
  const result = toResult(account, began)
  keep(RESULTS, result)
  writeFileSync(join(INFRA, 'PROOFS.md'), toMarkdown(readResults(RESULTS), claims))
  return result.outcome === 'kept'
}

/** What came of a whole run, as the result of a proof. */
export function toResult(
  { readyAfterMs, stoppedWithinMs, left, versions, conversions }: Account,
  began: Date,
): Result {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  const kinds = [...new Set([...KINDS, ...Object.keys(left)])]
  return {
    ...leavesNothing,
    command: 'npm run cluster',
    outcome: Object.keys(left).length === 0 ? 'kept' : 'broken',
    figures: [
      told('ready after its start, all built', seconds(readyAfterMs)),
      told('taken down within', seconds(stoppedWithinMs)),
      ...kinds.map((kind) => {
        const entries = left[kind] ?? []
        const some = entries.length > 0 ? `: ${entries.slice(0, 5).join(', ')}` : ''
        return promised(`${kind} left behind`, `${entries.length}${some}`, '0', entries.length === 0)
      }),
    ],
    notes: [],
    at: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1000,
    versions,
    converted: conversions.map(({ asked, given }) => `${asked}: ${given}`),
  }
}
