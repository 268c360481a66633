import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type GeneratedFile, leftOver, stale, write } from './generate/files.ts'
import { graphqlFiles } from './generate/graphql.ts'
import { manifests } from './generate/manifests/index.ts'
import { prismaClients } from './generate/prisma.ts'
import { compose } from './generate/supergraph.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const USAGE = `npm run generate [-- PART…] [--check]
  --prisma      Prisma's clients (not committed), only where a schema has changed
  --graphql     resolver types and typed operations, as codegen.yml says (committed)
  --supergraph  router/supergraph.graphql, composed of all schema.graphql (committed)
  --manifests   infra/k8s and compose.yaml: what follows from the folders of subgraphs/ (committed)
  --check       write nothing; exit 1 when something committed is not what would be written
All parts when none is named.`

const PARTS = ['prisma', 'graphql', 'supergraph', 'manifests'] as const

/**
 * Generates what is made from schemas, or with `--check` compares it to what is there.
 *
 * @returns the exit code
 */
export async function generate(args: string[], root = ROOT): Promise<number> {
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({
    args,
    options: { prisma: flag, graphql: flag, supergraph: flag, manifests: flag, check: flag, help: flag },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const all = !PARTS.some((part) => values[part])
  if ((all || values.prisma) && !values.check) await generatePrisma(root)
  const files: GeneratedFile[] = []
  let failed = false
  if (all || values.graphql) {
    const generated = await graphqlFiles(root)
    files.push(...generated.files)
    for (const error of generated.errors) console.error(`error  ${error}`)
    failed ||= generated.errors.length > 0
  }
  if (all || values.supergraph) {
    const supergraph = await composed(root)
    if (supergraph) files.push(supergraph)
    else failed = true
  }
  // Where something failed, what is missing may have to stay.
  const surplus = (all || values.graphql) && !failed ? await leftOver(root, files) : []
  if (all || values.manifests) {
    const made = await manifests(root, files.find(({ path }) => path.endsWith('supergraph.graphql'))?.content)
    files.push(...made.files)
    surplus.push(...made.leftOver)
  }
  if (!values.check) {
    await write(files, surplus)
    console.log(`${files.length} files generated`)
    return failed ? 1 : 0
  }
  const wrong = [...(await stale(files)).map(({ path }) => path), ...surplus]
  for (const path of wrong) console.error(`stale: ${relative(root, path)}`)
  if (wrong.length > 0) console.error('Run `npm run generate` and commit what it writes.')
  return failed || wrong.length > 0 ? 1 : 0
}

async function generatePrisma(root: string): Promise<void> {
  const names = await prismaClients(root)
  if (names.length > 0) console.log(`Prisma clients generated: ${names.join(', ')}`)
}

async function composed(root: string): Promise<GeneratedFile | undefined> {
  const { supergraph, errors, hints } = await compose(root)
  for (const hint of hints) console.warn(`hint   ${hint}`)
  for (const error of errors) console.error(`error  ${error}`)
  if (!supergraph) console.error('The subgraphs do not compose.')
  return supergraph
}

if (import.meta.main) {
  process.exitCode = await generate(process.argv.slice(2)).catch((error: unknown) => {
    console.error(String(error))
    return 1
  })
}
