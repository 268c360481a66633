import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What tools/demo/main.ts exports. */
type FillDemoData = (into: {
  router: string
  token: (account: string) => Promise<string>
  progress: (done: number, total: number) => void
}) => Promise<void>

const markOf = (dataDir: string) => join(dataDir, 'demo-data')

/** Whether a system still lacks its demo data. */
export const lacksDemoData = (dataDir: string) => !existsSync(markOf(dataDir))

/** Fills in demo data through the public API, and remembers that. `notice` is told how far it has come. */
export async function fillDemoData(
  { dataDir, root }: { dataDir: string; root: string },
  { router, token }: Pick<Parameters<FillDemoData>[0], 'router' | 'token'>,
  notice: (line: string) => void,
): Promise<void> {
  const program = pathToFileURL(join(root, 'tools/demo/main.ts')).href
  const demo = (await import(program)) as { fillDemoData: FillDemoData }
  let told = 0
  const progress = (done: number, total: number) => {
    const quarter = Math.floor((done / total) * 4)
    if (quarter > told && quarter < 4) notice(`      ${quarter * 25} %`)
    told = quarter
  }
  await demo.fillDemoData({ router, token, progress })
  writeFileSync(markOf(dataDir), 'filled in\n')
}
