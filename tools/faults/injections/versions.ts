import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ROOT } from '../../system/client.ts'
import { backAgain } from '../crash-points.ts'
import type { Stage } from '../stage.ts'
import { between, type Fault, replicasOf } from './fault.ts'

const run = promisify(execFile)
const subgraphs = ['book', 'payment', 'mypage']

/** The oldest version that works on the databases as they are now: the commit that changed them last. */
async function lastChangeOfDatabases(): Promise<string> {
  const { stdout } = await run('git', ['log', '-1', '--format=%H', '--', 'prisma'], { cwd: ROOT })
  return stdout.trim()
}

const folderOf = (stage: Stage) => join(stage.system.record.dataDir, 'older')

/** The older version's code, and what is installed or generated for it beside ours: the links there are relative. */
async function fetchOlder(stage: Stage, commit?: string): Promise<void> {
  const folder = folderOf(stage)
  await mkdir(folder)
  const archive = join(folder, 'archive.tar')
  await run('git', ['archive', '--output', archive, commit ?? (await lastChangeOfDatabases())], { cwd: ROOT })
  await run('tar', ['-xf', archive, '-C', folder])
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const installed = ['packages/kit', 'packages/contracts', ...subgraphs.map((name) => `subgraphs/${name}`)]
  const beside = installed.flatMap((each) => [`${each}/node_modules`, `${each}/src/adapters/prisma-client`])
  for (const each of beside.filter((path) => existsSync(join(ROOT, path)))) {
    await cp(join(ROOT, each), join(folder, each), { recursive: true, verbatimSymlinks: true })
  }
}

async function restart(stage: Stage, process: string, root: string): Promise<void> {
  stage.tell(process, { CODE_FROM: root })
  await stage.system.stop(process)
  await stage.system.start(process)
  await backAgain(stage, process)
}

/**
 * A rolling update and its way back: of each subgraph one replica becomes an older version, then the other one does
 * and the first is new again, then all are new.
 */
export const versionsSideBySide = (commit?: string): Fault => ({
  name: 'rolling restart, an older and a newer replica side by side',
  prepare: (stage) =>
    fetchOlder(stage, commit).then(
      () => undefined,
      (error: Error) => `there is no older version: ${error.message.trim()}`,
    ),
  async inject(stage, dice) {
    const older = folderOf(stage)
    const each = (replica: number, root: string) =>
      Promise.all(subgraphs.map((name) => restart(stage, replicasOf(stage, name)[replica] ?? name, root)))
    await each(0, older)
    await delay(between(dice, 500, 2_000))
    await each(0, '')
    await each(1, older)
    await delay(between(dice, 500, 2_000))
    await each(1, '')
  },
})
