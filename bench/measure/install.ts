import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasWrk } from './wrk.ts'

const folder = join(import.meta.dirname, '../.contenders')

/** Packages of npm for the benchmark alone, in exactly these versions, in a folder of their own; gives the folder. */
export function installed(packages: Readonly<Record<string, string>>, tell: (line: string) => void): string {
  const missing = Object.entries(packages).filter(([name, version]) => versionOf(name) !== version)
  if (missing.length > 0) {
    tell(`installing ${missing.map((each) => each.join('@')).join(', ')} into bench/.contenders`)
    mkdirSync(folder, { recursive: true })
    const exact = missing.map((each) => each.join('@'))
    const options = ['--prefix', folder, '--save-exact', '--no-audit', '--no-fund', '--loglevel', 'error']
    run(['npm', 'install', ...options, ...exact])
  }
  return join(folder, 'node_modules')
}

function versionOf(name: string): string | null {
  const manifest = join(folder, 'node_modules', name, 'package.json')
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : null
}

/**
 * Installs a program of Debian's where it is missing and this is root; false where it cannot be had. What is measured
 * without it is said in the results.
 */
export function hasProgram(program: 'wrk' | 'siege', tell: (line: string) => void): boolean {
  const isThere = () =>
    program === 'wrk' ? hasWrk() : spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
  if (isThere()) return true
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  tell(`installing ${program}`)
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const
  spawnSync('apt-get', ['update'], quiet)
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', program], quiet)
  return isThere()
}

function run([command = '', ...args]: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (error || status !== 0) throw new Error(`${command} ${args.join(' ')} failed`, { cause: error })
}
