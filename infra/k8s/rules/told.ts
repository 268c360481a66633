import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { databaseEnv } from '@myhotel/kit/env'
import { readWorkloads, variable } from '../../../tools/generate/manifests/workloads.ts'
import type { Told } from './rule.ts'

/** Variables that Node itself and its libraries read. */
const ofNode = ['NODE_ENV', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_COMPILE_CACHE']

/** What the folders of `root` say of workloads; what a program reads is what the source of its env.ts names. */
export async function readTold(root: string): Promise<Told> {
  const workloads = await readWorkloads(root)
  const kit = await namesIn(join(root, 'packages/kit/src/env.ts'))
  const variables = await Promise.all(
    workloads.map(async ({ name, kind, calls }) => {
      const folder = kind === 'router' ? 'router' : `subgraphs/${name}`
      // The router makes those of subgraphs from their names.
      const urls = kind === 'router' ? calls.map((callee) => `${variable(callee)}_URL`) : []
      const own = await namesIn(join(root, folder, 'src/env.ts'))
      // Kit makes those of a database from the name of its context.
      const database = own.includes(variable(name)) ? Object.keys(databaseEnv(variable(name))) : []
      return [name, new Set([...own, ...kit, ...urls, ...database, ...ofNode])] as const
    }),
  )
  return { workloads, variables: Object.fromEntries(variables) }
}

async function namesIn(file: string): Promise<string[]> {
  const code = await readFile(file, 'utf8')
  return Array.from(code.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b/g), ([name]) => name)
}
