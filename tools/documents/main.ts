import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../system/client.ts'
import { type ClientFile, clientSchema, createManifest } from './manifest.ts'

const USAGE = `npm run documents -- [--out FILE] PATH…
  Writes the manifest of all operations in .graphql and .gql files (of folders: below them) for a router with
  DOCUMENTS=persisted. FILE is persisted-documents.json unless told.`

/** Where npm was called; the bootstrap runs in the repository. */
const here = process.env.INIT_CWD ?? process.cwd()

async function documents(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'persisted-documents.json' },
      help: { type: 'boolean' },
    },
  })
  if (values.help || positionals.length === 0) {
    console.log(USAGE)
    return values.help ? 0 : 1
  }
  const schema = clientSchema(await readFile(join(ROOT, 'router/supergraph.graphql'), 'utf8'))
  const manifest = createManifest(schema, await clientFiles(positionals))
  if (Array.isArray(manifest)) {
    for (const error of manifest) console.error(`error  ${error}`)
    return 1
  }
  await writeFile(resolve(here, values.out), `${JSON.stringify(manifest, null, 2)}\n`)
  console.log(`${manifest.operations.length} operations written to ${values.out}`)
  return 0
}

async function clientFiles(paths: readonly string[]): Promise<ClientFile[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      if (!(await stat(resolve(here, path))).isDirectory()) return [path]
      const below = await readdir(resolve(here, path), { recursive: true })
      return below.filter((name) => /[.](graphql|gql)$/.test(name)).map((name) => join(path, name))
    }),
  )
  const names = [...new Set(found.flat())].sort()
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(resolve(here, name), 'utf8') })))
}

process.exitCode = await documents(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  return 1
})
