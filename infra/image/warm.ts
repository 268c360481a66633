import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../tools/system/client.ts'
import { USER } from './base.ts'
import { environmentOfNowhere } from './nowhere.ts'
import { programsOf } from './programs.ts'
import { flawOf, type Start, tryProgram } from './trial.ts'

/** Where an image has what Node has compiled, under the folder of the code. */
export const CACHE = '.compile-cache'

/** Starts programs of a folder that was put together for an image, as they are. */
export const startIn =
  (app: string, more: Readonly<Record<string, string>> = {}): Start =>
  (args, env) =>
    spawn(join(ROOT, 'node_modules/node/bin/node'), [join(app, 'infra/image/entry.ts'), ...args], {
      cwd: app,
      env: { NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...more, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })

/**
 * Has Node keep what it compiles while each program begins, so that in the image they begin sooner. Node looks for it under
 * its version and the number of its user, which here is another one.
 *
 * @throws where a program does not begin
 */
export async function warm(app: string, imageEnv: Readonly<Record<string, string>>): Promise<void> {
  const cache = join(app, CACHE)
  await mkdir(cache)
  const start = startIn(app, { NODE_COMPILE_CACHE: cache, NODE_COMPILE_CACHE_PORTABLE: '1', ...imageEnv })
  const dataDir = await mkdtemp(`${app}-data-`)
  const env = await environmentOfNowhere(dataDir)
  for (const name of Object.keys(programsOf(app))) {
    const flaw = flawOf(await tryProgram(start, [name], env))
    if (flaw) throw new Error(`${name} ${flaw}`)
  }
  await rm(dataDir, { recursive: true })
  for (const folder of await readdir(cache))
    await rename(join(cache, folder), join(cache, folder.replace(/-\d+$/, `-${USER}`)))
}
