import { execFile } from 'node:child_process'
import { cp, glob, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../../tools/system/client.ts'
import { codeOf } from './code.ts'
import { type Image, programFilesOf } from './images.ts'
import { prune } from './prune.ts'

const run = promisify(execFile)

/** What pnpm needs to know of the workspace; nobody asks for it once the dependencies are there. */
const forPnpm = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc']

/**
 * Puts into `app` what an image holds of this repository: the code that its programs consist of, schemas and migrations, and
 * the dependencies that the lock file has for production.
 *
 * @param offline takes packages from pnpm's store alone, where they are since this checkout was installed
 */
export async function stage(image: Image, app: string, { offline = false } = {}): Promise<void> {
  const tracked = await trackedFiles()
  const manifests = tracked.filter((file) => /(^|\/)package[.]json$/.test(file))
  const code = await codeOf(ROOT, ['infra/image/entry.ts', ...programFilesOf(image, ROOT)])
  const besides = tracked.filter(
    (file) => image.folders.includes(file.split('/')[0] ?? '') && !/[.](ts|md|json)$/.test(file),
  )
  await copy([...code, ...besides, ...manifests, ...forPnpm], app)
  await install(image, app, offline)
  await prune(app, { all: image.name === 'myhotel' })
  await removeWhatIsForPnpm(app, manifests, code)
}

/** What pnpm notes about an installation, and the commands of packages, which nobody can type in an image. */
const ofPnpm = ['.modules.yaml', '.pnpm-workspace-state*', '.pnpm/lock.yaml'].map(
  (name) => `node_modules/${name}`,
)
const binaries = ['', 'node_modules/.pnpm/*/'].map((folder) => `${folder}**/node_modules/.bin`)

/** The files of this repository, also those that are not committed yet; nothing that is ignored. */
async function trackedFiles(): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout.split('\0').filter(Boolean)
}

async function copy(files: readonly string[], app: string): Promise<void> {
  for (const folder of new Set(files.map((file) => dirname(file))))
    await mkdir(join(app, folder), { recursive: true })
  await Promise.all(files.map((file) => cp(join(ROOT, file), join(app, file))))
}

async function install({ packages }: Image, app: string, offline: boolean): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const { storeDir } = JSON.parse(await readFile(join(ROOT, 'node_modules/.modules.yaml'), 'utf8'))
  const options = [
    '--prod',
    '--frozen-lockfile',
    '--ignore-scripts',
    offline ? '--offline' : '--prefer-offline',
  ]
  await run(
    'npx',
    ['-y', packageManager, 'install', ...options, '--store-dir', dirname(storeDir), ...filters(packages)],
    { cwd: app, env: { ...process.env, CI: 'true' } },
  )
}

const filters = (packages: readonly string[]) => packages.flatMap((name) => ['--filter', name])

/** A package.json stays where code lies: it says which kind of modules that is, and under which names it is found. */
async function removeWhatIsForPnpm(app: string, manifests: readonly string[], code: readonly string[]) {
  const isIdle = (folder: string) => !code.some((file) => file.startsWith(`${folder}/`))
  const folders = manifests.map((manifest) => dirname(manifest)).filter((folder) => folder !== '.')
  const left = await Array.fromAsync(glob([...ofPnpm, ...binaries], { cwd: app }))
  for (const path of [...forPnpm, ...folders.filter(isIdle), ...left])
    await rm(join(app, path), { recursive: true, force: true })
}
