import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { installByApt } from '../../tools/system/debian.ts'
import { debianPrograms } from './versions.ts'

/** Go gets the version that a module asks for by itself, from 1.21 on. */
const GO_HINT =
  'Go 1.21 or newer is needed. Install by: apt-get install -y -t bookworm-backports golang-go, or from https://go.dev/dl'

/**
 * Sees to it that this computer has all that a cluster needs; Debian's programs are installed where they are missing.
 * @throws in a sentence that names what is missing and how to get it
 */
export async function findRequirements(say: (line: string) => void, signal?: AbortSignal): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error(
      'A local cluster needs Linux and root. Type: sudo npm run cluster, or name a cluster in KUBECONFIG.',
    )
  let missing = await missingPackages()
  if (missing.length > 0 && (await has('apt-get'))) {
    say(`installing ${missing.join(', ')} by apt-get …`)
    await installByApt('apt-get', missing, signal)
    missing = await missingPackages()
  }
  if (missing.length > 0)
    throw new Error(`Install by: apt-get install -y --no-install-recommends ${missing.join(' ')}`)
  if (!(await has('go'))) throw new Error(GO_HINT)
}

async function missingPackages(): Promise<string[]> {
  const found = await Promise.all(Object.keys(debianPrograms).map(has))
  return [...new Set(Object.values(debianPrograms).filter((_, index) => !found[index]))]
}

async function has(program: string): Promise<boolean> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin', '/bin']
  const paths = isAbsolute(program) ? [program] : folders.map((folder) => join(folder, program))
  const found = await Promise.all(
    paths.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
