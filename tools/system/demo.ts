import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What tools/demo/main.ts exports. */
type FillDemoData = (into: {
  router: string
  token: (account: string) => Promise<string>
  progress: (done: number, total: number) => void
  today: string
  goOn: boolean
  signal?: AbortSignal
}) => Promise<void>

/**
 * Fills a new system with demo data through the public API, and goes on with what was interrupted. That they cannot be
 * filled in is no reason not to run, and said by `notice`.
 */
export async function fillDemoData(
  { dataDir, root }: { dataDir: string; root: string },
  { router, token, signal }: Pick<Parameters<FillDemoData>[0], 'router' | 'token' | 'signal'>,
  { progress, notice }: Record<'progress' | 'notice', (line: string) => void>,
): Promise<void> {
  const mark = join(dataDir, 'demo-data')
  const before = existsSync(mark) ? readFileSync(mark, 'utf8').trim() : undefined
  // Of the day on which it was begun: stays are counted from it.
  const begun = /^begun on (\d{4}-\d\d-\d\d)/.exec(before ?? '')?.[1]
  if (before !== undefined && begun === undefined) return progress(`demo data: ${before}`)
  progress(begun === undefined ? 'filling in demo data …' : 'filling in the rest of the demo data …')
  const today = begun ?? new Date().toISOString().slice(0, 10)
  writeFileSync(mark, `begun on ${today}, not complete\n`)
  const program = pathToFileURL(join(root, 'tools/demo/main.ts')).href
  const demo = (await import(program)) as { fillDemoData: FillDemoData }
  let told = 0
  const partDone = (done: number, total: number) => {
    const quarter = Math.floor((done / total) * 4)
    if (quarter > told && quarter < 4) notice(`      ${quarter * 25} %`)
    told = quarter
  }
  const goOn = begun !== undefined
  try {
    await demo.fillDemoData({ router, token, signal, today, goOn, progress: partDone })
    writeFileSync(mark, 'there\n')
  } catch (error) {
    signal?.throwIfAborted()
    notice(`The demo data are not complete: ${error instanceof Error ? error.message : String(error)}`)
  }
}
