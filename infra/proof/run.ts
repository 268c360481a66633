import { writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { type Context, type Figure, NotPossibleHere, type Proof } from './proof.ts'
import { type Claim, toMarkdown } from './report.ts'
import { keep, type Result, readResults } from './results.ts'

/** What all proofs of a run are told. */
export type Run = {
  /** Where results are kept, and the folder that gets PROOFS.md. */
  readonly results: string
  readonly folder: string
  /** All claims in the order of the report; also those that are not in this run. */
  readonly claims: readonly Claim[]
  /** What it is tried on, by name; asked for after each proof. */
  readonly versions: () => Promise<Readonly<Record<string, string>>>
  readonly converted: readonly string[]
  /** Stops all of it. */
  readonly signal: AbortSignal
  readonly tell: (line: string) => void
  /** What one proof is given, and what ends all that it may have left running. */
  readonly contextFor: (
    proof: Pick<Context, 'signal' | 'tell' | 'note'> & { readonly name: string },
  ) => Promise<{ context: Context; close: () => Promise<void> }>
}

/** Processes that want to run for each core, from which on figures say little of MyHotel. */
const busy = 3

/**
 * Tries one proof after the other, keeps what comes of each as soon as it is known, and writes PROOFS.md.
 *
 * @returns the results of this run; none of them is missing, however a proof ends
 */
export async function tryProofs(proofs: readonly Proof[], run: Run): Promise<Result[]> {
  const results: Result[] = []
  for (const [index, proof] of proofs.entries()) {
    if (run.signal.aborted) break
    run.tell(`[${index + 1}/${proofs.length}] ${proof.name}: ${proof.claim}`)
    const result = await tryProof(proof, run)
    // What was cut off by hand says nothing about the claim.
    if (run.signal.aborted) break
    results.push(result)
    keep(run.results, result)
    writeFileSync(join(run.folder, 'PROOFS.md'), toMarkdown(readResults(run.results), run.claims))
    tellResult(result, run.tell)
  }
  return results
}

async function tryProof(proof: Proof, run: Run): Promise<Result> {
  const notes: string[] = [...otherWork()]
  const since = Date.now()
  const timeIsUp = AbortSignal.timeout(proof.withinMs)
  let figures: readonly Figure[] = []
  let outcome: Result['outcome'] = 'broken'
  try {
    const { context, close } = await run.contextFor({
      name: proof.name,
      signal: AbortSignal.any([run.signal, timeIsUp]),
      tell: (line) => run.tell(`    ${line}`),
      note: (sentence) => notes.push(sentence),
    })
    figures = await proof.run(context).finally(close)
    outcome = figures.every(({ holds }) => holds !== false) ? 'kept' : 'broken'
  } catch (error) {
    if (error instanceof NotPossibleHere) outcome = 'not possible here'
    const why = error instanceof Error ? error.message : String(error)
    notes.push(timeIsUp.aborted ? `Given up after ${proof.withinMs / 1_000} s: ${why}` : why)
  }
  return {
    ...{ name: proof.name, claim: proof.claim, outcome, figures: [...figures], notes },
    ...{ at: new Date(since).toISOString(), seconds: (Date.now() - since) / 1_000 },
    ...{ versions: await run.versions().catch(() => ({})), converted: [...run.converted] },
  }
}

function tellResult({ outcome, figures, notes, seconds }: Result, tell: Run['tell']): void {
  for (const { what, measured, limit, holds } of figures) {
    const verdict = holds === undefined ? '' : holds ? ' ✓' : ' ✗'
    tell(`      ${what}: ${measured}${limit ? ` (${limit})` : ''}${verdict}`)
  }
  for (const note of notes) tell(`      ${note}`)
  tell(`    ${outcome}, ${seconds.toFixed(0)} s`)
}

/** Figures that were taken while a computer had more to do than it can (pods that start, other work) are told as such. */
function otherWork(): string[] {
  const [load = 0] = loadavg()
  const cores = availableParallelism()
  return load > busy * cores ? [`Load average when it began: ${load.toFixed(0)} on ${cores} cores.`] : []
}
