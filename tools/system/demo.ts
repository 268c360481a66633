import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What tools/demo/main.ts exports. */
type FillDemoData = (into: {
  router: string
  token: (account: string) => Promise<string>
  progress: (done: number, total: number) => void
}) => Promise<void>

/**
 * Fills a new system with demo data through the public API. Once: filling in the same rooms a second time would
 * double them, so what was interrupted stays as it is. That is no reason not to run, and said by `notice`.
 */
export async function fillDemoData(
  { dataDir, root }: { dataDir: string; root: string },
  { router, token }: Pick<Parameters<FillDemoData>[0], 'router' | 'token'>,
  { progress, notice }: Record<'progress' | 'notice', (line: string) => void>,
): Promise<void> {
  const mark = join(dataDir, 'demo-data')
  if (existsSync(mark)) return progress(`demo data: ${readFileSync(mark, 'utf8').trim()}`)
  progress('filling in demo data …')
  writeFileSync(mark, 'not complete; --reset begins anew\n')
  const program = pathToFileURL(join(root, 'tools/demo/main.ts')).href
  const demo = (await import(program)) as { fillDemoData: FillDemoData }
  let told = 0
  const partDone = (done: number, total: number) => {
    const quarter = Math.floor((done / total) * 4)
    if (quarter > told && quarter < 4) notice(`      ${quarter * 25} %`)
    told = quarter
  }
  try {
    await demo.fillDemoData({ router, token, progress: partDone })
    writeFileSync(mark, 'there\n')
  } catch (error) {
    notice(`The demo data are not complete: ${error instanceof Error ? error.message : String(error)}`)
  }
}
