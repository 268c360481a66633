import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generate } from './generate.ts'
import { flawOfName, writeSubgraph } from './new-subgraph/render.ts'
import { ROOT } from './system/client.ts'

const USAGE = `npm run new-subgraph -- NAME [--no-install]
  makes a subgraph that runs, is tested and can be deployed: subgraphs/NAME, prisma/NAME,
  packages/contracts/src/NAME.ts, and its manifests in infra/k8s
  NAME           small letters, one thing in the singular: review
  --no-install   leaves it to you to install its dependencies`

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { install: { type: 'boolean', default: true }, help: { type: 'boolean' } },
    allowPositionals: true,
    allowNegative: true,
  })
  const [name, ...others] = positionals
  if (values.help || name === undefined || others.length > 0) {
    console.error(USAGE)
    return 2
  }
  const flaw = flawOfName(name, await takenNames())
  if (flaw) {
    console.error(flaw)
    return 1
  }
  const files = await writeSubgraph(ROOT, name, new Date())
  const dependenciesAreThere = !values.install || (await install())
  const code = await generate([])
  // Lines are as long as the name makes them.
  const format = run('node_modules/.bin/biome', ['check', '--write', '--log-level=error', ...files])
  console.log(`${files.map((file) => `  ${file}`).join('\n')}\n${whatNext(name)}`)
  return dependenciesAreThere && code === 0 && format ? 0 : 1
}

async function takenNames(): Promise<string[]> {
  const contracts = await readdir(join(ROOT, 'packages/contracts/src'))
  const folders = await Promise.all(['subgraphs', 'prisma', '.'].map((folder) => readdir(join(ROOT, folder))))
  return [...folders.flat(), ...contracts.map((file) => file.replace(/[.]ts$/, '')), 'example']
}

async function install(): Promise<boolean> {
  const { packageManager } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  return run('npx', ['-y', packageManager, 'install', '--no-frozen-lockfile'])
}

function run(program: string, args: string[]): boolean {
  return spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' }).status === 0
}

const whatNext = (name: string) => `
The subgraph ${name} is there: npm start runs it with all others, npm test tests it.
Now make it yours, in the order of docs/adding-a-subgraph.md: schema.graphql, src/domain, src/application, then
prisma/${name}. Afterwards: npm run generate, npm run migrate -- new ${name} TITLE.`

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
