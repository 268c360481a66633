import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { runCommand } from '../../tools/system/command.ts'
import { PROGRAMS } from './paths.ts'
import { showBuild } from './progress.ts'
import type { GoProgram } from './versions.ts'

const KUBE_SOURCE = join(import.meta.dirname, 'go/kube')
/** Without C, so that a program runs in an image that has nothing else. */
const GO_ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off', GO111MODULE: 'on' }

/** The folder that the programs of a module are in, once they were built. Its name changes with all that they depend on. */
export function folderOf(name: string, program: GoProgram): string {
  const recipe = [JSON.stringify(program), JSON.stringify(GO_ENVIRONMENT)]
  if (name === 'kubernetes') recipe.push(readFileSync(join(KUBE_SOURCE, 'main.go'), 'utf8'))
  const key = createHash('sha256').update(recipe.join('\n')).digest('hex').slice(0, 12)
  return join(PROGRAMS, `${name}-${program.version}-${key}`)
}

/**
 * Builds what is not in the cache yet, one module after the other, and shows how far it is.
 * @throws with what Go said
 */
export async function buildPrograms(
  programs: Record<string, GoProgram>,
  signal?: AbortSignal,
): Promise<void> {
  const missing = Object.entries(programs).filter(([name, program]) => !existsSync(folderOf(name, program)))
  if (missing.length === 0) return
  const progress = showBuild(missing.map(([name, { version }]) => `${name} ${version}`))
  try {
    for (const [name, program] of missing) {
      await build(name, program, progress.compiled, signal)
      progress.built()
    }
  } finally {
    progress.end()
  }
}

async function build(
  name: string,
  program: GoProgram,
  compiled: () => void,
  signal?: AbortSignal,
): Promise<void> {
  const done = folderOf(name, program)
  const draft = `${done}.draft`
  const source = `${done}.source`
  const env = { ...process.env, ...GO_ENVIRONMENT }
  for (const folder of [draft, source]) await rm(folder, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  await mkdir(source, { recursive: true })
  const go = (...args: string[]) => runCommand('go', args, { cwd: source, env, signal })
  if (name === 'kubernetes') {
    await writeKubernetesModule(source, program, env, signal)
    await go('mod', 'tidy')
  } else {
    await writeFile(join(source, 'go.mod'), 'module program\n\ngo 1.26.0\n')
    for (const path of Object.values(program.packages)) await go('get', '-tool', `${path}@${program.version}`)
  }
  for (const [file, path] of Object.entries(program.packages)) {
    const flags = ['-trimpath', '-ldflags', ['-s -w', program.ldflags].filter(Boolean).join(' ')]
    if (program.tags) flags.push('-tags', program.tags)
    await compile(['build', '-v', ...flags, '-o', join(draft, file), path], {
      cwd: source,
      env,
      compiled,
      signal,
    })
    for (const link of program.links?.[file] ?? []) await symlink(file, join(draft, link))
  }
  await rename(draft, done)
  await rm(source, { recursive: true })
}

/** Kubernetes' own go.mod takes the modules of its repository from folders beside it; outside it their releases do. */
async function writeKubernetesModule(
  folder: string,
  program: GoProgram,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
) {
  const { stdout } = await runCommand(
    'go',
    ['mod', 'download', '-json', `${program.module}@${program.version}`],
    {
      cwd: folder,
      env,
      signal,
    },
  )
  const goMod = readFileSync((JSON.parse(stdout) as { GoMod: string }).GoMod, 'utf8')
  const release = program.version.replace(/^v1\./, 'v0.')
  const staging = [...goMod.matchAll(/^\s+(\S+) => \.\/staging/gm)].map(
    ([, path]) => `\t${path} => ${path} ${release}\n`,
  )
  const text = `module cluster\n\ngo 1.26.0\n\nrequire ${program.module} ${program.version}\n\nreplace (\n${staging.join('')})\n`
  await writeFile(join(folder, 'go.mod'), text)
  await cp(KUBE_SOURCE, join(folder, 'kube'), { recursive: true })
}

type Compile = { cwd: string; env: NodeJS.ProcessEnv; compiled: () => void; signal?: AbortSignal }

/** Runs `go build -v`, which names each package that it has compiled on a line of its own. */
function compile(args: readonly string[], { cwd, env, compiled, signal }: Compile): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, { cwd, env, signal, stdio: ['ignore', 'ignore', 'pipe'] })
    const said: string[] = []
    createInterface(child.stderr).on('line', (line) => {
      if (/^[\w.~/-]+$/.test(line)) compiled()
      else said.push(line)
    })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`go ${args.join(' ')}\n${said.join('\n')}`)),
    )
  })
}
