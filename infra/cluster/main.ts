import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keepAccount } from './account.ts'
import { build, down, during, type Options, runInCluster, up } from './commands.ts'
import { isElsewhere, openCluster } from './open.ts'

const USAGE = `npm run cluster -- [COMMAND] [--nodes N] [--mesh]

  all [NAME …]        up, proofs, down, and a look at what is left; the same without a command
  build               builds what is not in the cache yet; --mesh: Istio, too
  up                  builds, and starts a cluster of N nodes (2)
  down                takes it down, whatever is left of it
  kubectl ARGUMENT …  runs kubectl
  shell [COMMAND …]   runs a command, or a shell, in the cluster's network, with KUBECONFIG set
  proofs [NAME …]     proves what is promised and writes infra/PROOFS.md

Where KUBECONFIG names a cluster, that one is used; nothing is built or started.
`
const PROOFS = [process.execPath, join(import.meta.dirname, '../proof/main.ts')]

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stopped.abort(new Error('Stopped; nothing is left running.')))

/** Performs a command and gives the exit code. */
async function perform([command = 'all', ...rest]: string[]): Promise<number> {
  // What follows these is not for us.
  if (command === 'kubectl') return await runInCluster(await openCluster(), ['kubectl', ...rest])
  if (command === 'shell') return await runInCluster(await openCluster(), rest.length > 0 ? rest : [shell()])
  if (command === 'proofs') return await runInCluster(await openCluster(), [...PROOFS, ...rest])
  const { options, names } = optionsOf(rest)
  if (command === 'all') return await all(options, names)
  if (names.length > 0) throw new Error(USAGE)
  if (command === 'build') await build(options)
  else if (command === 'up') await up(options)
  else if (command === 'down') await down(options)
  else throw new Error(USAGE)
  return 0
}

async function all(options: Options, names: readonly string[]): Promise<number> {
  const proofs = [...PROOFS, ...names]
  if (isElsewhere()) return await runInCluster(await openCluster(), proofs)
  const began = new Date()
  const account = await during({ ...options, mesh: true }, (cluster) => runInCluster(cluster, proofs))
  const clean = keepAccount(account, began)
  for (const [kind, entries] of Object.entries(account.left))
    options.say(`left behind: ${entries.length} ${kind}: ${entries.slice(0, 5).join(', ')}`)
  if (clean) options.say('Nothing of it is left: no process, namespace, mount, cgroup, rule or file.')
  return clean ? account.code : account.code || 1
}

function optionsOf(args: string[]): { options: Options; names: readonly string[] } {
  const { values, positionals } = parseArgs({
    args,
    options: { nodes: { type: 'string', default: '2' }, mesh: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const nodes = Number(values.nodes)
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 9)
    throw new Error('--nodes wants a number from 1 to 9')
  const say = (line: string) => process.stdout.write(`${line}\n`)
  return { options: { nodes, mesh: values.mesh, say, signal: stopped.signal }, names: positionals }
}

const shell = () => process.env.SHELL ?? '/bin/sh'

try {
  const args = process.argv.slice(2)
  if (args[0] === '--help') process.stdout.write(USAGE)
  else process.exitCode = await perform(args[0]?.startsWith('--') ? ['all', ...args] : args)
} catch (failure) {
  const error = stopped.signal.aborted ? stopped.signal.reason : failure
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = stopped.signal.aborted ? 130 : 1
}
