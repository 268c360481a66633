import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { complain, node24, root, run, stoppedWith } from './run.mjs'

const stampOf = (name) => join(root, 'node_modules', '.cache', `myhotel-${name}`)

/** Whether dependencies and generated code were made completely, be they the newest or not. */
export const isPrepared = () => existsSync(node24)

/** Installs and generates what is not there or not up to date, and gives the exit code. */
export async function prepare(steps) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const lock = fingerprint(['pnpm-lock.yaml', 'pnpm-workspace.yaml'], manifests().map(dependenciesOf))
  const installed = await unlessDone('dependencies', lock, `[1/${steps}] dependencies`, () =>
    run('npx', ['-y', packageManager, 'install', '--frozen-lockfile'], {
      env: { CI: 'true' },
      ownGroup: true,
      worthSeeing: /^Progress/,
    }),
  )
  if (stoppedWith() !== null) return stoppedWith()
  if (installed !== 0) return complain('The dependencies could not be installed.')
  const schemas = folders('prisma').map((name) => join('prisma', name, 'schema.prisma'))
  const generated = await unlessDone(
    'generated',
    fingerprint(schemas, [lock]),
    `[2/${steps}] database clients`,
    () => run(node24, [join(root, 'tools/generate.ts'), '--prisma'], { ownGroup: true }),
  )
  if (stoppedWith() !== null) return stoppedWith()
  return generated === 0 ? 0 : complain('The database clients could not be generated.')
}

/** Does something unless a stamp in node_modules says that it was done for the same input. */
async function unlessDone(name, input, title, work) {
  const stamp = stampOf(name)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === input) {
    process.stdout.write(`${title}: there\n`)
    return 0
  }
  process.stdout.write(`${title} …\n`)
  const { code } = await work()
  if (code === 0 && stoppedWith() === null) {
    mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true })
    writeFileSync(stamp, input)
  }
  return code
}

function fingerprint(files, more) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${JSON.stringify(more)}`)
  for (const file of files) hash.update(existsSync(join(root, file)) ? readFileSync(join(root, file)) : '-')
  return hash.digest('hex')
}

function folders(parent) {
  const entries = existsSync(join(root, parent))
    ? readdirSync(join(root, parent), { withFileTypes: true })
    : []
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** The package.json of every workspace package, as pnpm-workspace.yaml names them. */
function manifests() {
  const parents = ['subgraphs', 'packages'].flatMap((parent) =>
    folders(parent).map((name) => join(parent, name)),
  )
  return ['', ...parents, 'router', 'tools', 'tools/sandbox', 'infra', 'tests', 'bench'].map((folder) =>
    join(root, folder, 'package.json'),
  )
}

function dependenciesOf(manifest) {
  const { dependencies, devDependencies } = existsSync(manifest)
    ? JSON.parse(readFileSync(manifest, 'utf8'))
    : {}
  return { dependencies, devDependencies }
}
