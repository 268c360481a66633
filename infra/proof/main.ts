import { definitionFiles } from '../cluster/definitions.ts'
import { installMesh } from '../cluster/istio/install.ts'
import { openCluster } from '../cluster/open.ts'
import { proofs } from './proofs/index.ts'
import { runProofs } from './run-proofs.ts'

const USAGE = `npm run cluster -- proofs [NAME …]

Tries what is promised of MyHotel on Kubernetes, and writes infra/PROOFS.md. Exits 1 where a promise was broken.

${proofs.map(({ name, claim }) => `  ${name.padEnd(18)} ${claim}`).join('\n')}
`

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort())

async function main(only: readonly string[]): Promise<number> {
  const cluster = await openCluster()
  const { local } = cluster
  const since = Date.now()
  const kept = await runProofs({
    only,
    machines: local ? { kill: local.killNode, revive: local.startNode } : null,
    mesh: local ? { install: (signal) => installMesh(cluster, signal) } : null,
    definitions: local ? definitionFiles() : null,
    versions: local?.versions ?? {},
    converted: local?.conversions.map(({ asked, given }) => `${asked}: ${given}`) ?? [],
    signal: stopped.signal,
    tell: (line) =>
      process.stdout.write(`${String(Math.round((Date.now() - since) / 1_000)).padStart(5)} s  ${line}\n`),
  })
  return kept ? 0 : 1
}

const given = process.argv.slice(2)
if (given.includes('--help')) process.stdout.write(USAGE)
else {
  process.exitCode = await main(given).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  })
}
