// Runs a command of tools/ on a machine that has nothing but Node 20 and npm: gets the dependencies (Node 24
// among them) and the generated code where the command needs them, then hands over to Node 24.
//
//   node tools/bootstrap.mjs <command> [arguments]     runs tools/<command>.ts or tools/<command>/main.ts

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Commands that may be the first one after a clone, with the number of steps that they show. */
const FIRST_COMMANDS = { start: 7, test: 2 }

const root = fileURLToPath(new URL('..', import.meta.url))
const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const node24 = join(root, 'node_modules', 'node', 'bin', 'node')
const [command = '', ...args] = process.argv.slice(2)

/** The running child. Signals are its business; this process ends when it has ended. */
let child
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child?.kill(signal))

process.exitCode = await main()

async function main() {
  const program = [`${command}.ts`, join(command, 'main.ts')]
    .map((file) => join(root, 'tools', file))
    .find(existsSync)
  if (!/^[a-z:-]+$/.test(command) || !program) return complain(`There is no command "${command}".`)
  const steps = FIRST_COMMANDS[command]
  if (steps) {
    const code = await prepare(steps)
    if (code !== 0) return code
  } else if (!existsSync(node24)) {
    return complain('The dependencies are not installed yet: "npm start" or "npm test" does that.')
  }
  return run(node24, [program, ...args])
}

/** Installs and generates what is not there or not up to date. */
async function prepare(steps) {
  const lock = fingerprint(['pnpm-lock.yaml', 'pnpm-workspace.yaml'], manifests().map(dependenciesOf))
  const installed = await unlessDone('dependencies', lock, `[1/${steps}] dependencies`, () =>
    run('npx', ['-y', `pnpm@${config.pnpm}`, 'install', '--frozen-lockfile'], { CI: 'true' }, /^Progress/),
  )
  if (installed !== 0) return complain('The dependencies could not be installed.')
  const schemas = folders('prisma').map((name) => join('prisma', name, 'schema.prisma'))
  const generator = ['tools/generate.ts', 'tools/generate/main.ts'].find((file) =>
    existsSync(join(root, file)),
  )
  if (!generator) return 0
  const generated = await unlessDone(
    'generated',
    fingerprint(schemas, [lock]),
    `[2/${steps}] database clients`,
    () => run(node24, [join(root, generator), '--prisma']),
  )
  return generated === 0 ? 0 : complain('The database clients could not be generated.')
}

/** Does something unless a stamp in node_modules says that it was done for the same input. */
async function unlessDone(name, input, title, work) {
  const stamp = join(root, 'node_modules', '.cache', `myhotel-${name}`)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === input) {
    process.stdout.write(`${title}: there\n`)
    return 0
  }
  process.stdout.write(`${title} …\n`)
  const code = await work()
  if (code === 0) {
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
  return ['', ...parents, 'router', 'tools', 'tests', 'bench'].map((folder) =>
    join(root, folder, 'package.json'),
  )
}

function dependenciesOf(manifest) {
  const { dependencies, devDependencies } = existsSync(manifest)
    ? JSON.parse(readFileSync(manifest, 'utf8'))
    : {}
  return { dependencies, devDependencies }
}

/**
 * Runs a program to its end and gives its exit code; 128 + n for signal n, as shells have it. Of its output only
 * lines like `worthSeeing` are shown, if that is given, unless it fails: then all of it.
 */
function run(program, args, env = {}, worthSeeing = undefined) {
  const inherited = {
    ...process.env,
    MYHOTEL_BOOTSTRAP: '1',
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile'),
  }
  return new Promise((done) => {
    const stdio = worthSeeing ? ['ignore', 'pipe', 'pipe'] : 'inherit'
    child = spawn(program, args, { cwd: root, stdio, env: { ...inherited, ...env } })
    const said = []
    for (const stream of worthSeeing ? [child.stdout, child.stderr] : []) {
      createInterface(stream).on('line', (line) => {
        said.push(line)
        if (worthSeeing.test(line)) process.stdout.write(`      ${line}\n`)
      })
    }
    child.once('error', (error) => done(complain(error.message)))
    child.once('close', (code, signal) => {
      if (code !== 0 && !signal) process.stderr.write(said.map((line) => `${line}\n`).join(''))
      done(code ?? 128 + constants.signals[signal])
    })
  })
}

function complain(sentence) {
  process.stderr.write(`${sentence}\n`)
  return 1
}
