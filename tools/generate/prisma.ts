import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Two at a time: the generator is one busy thread each. */
const AT_ONCE = 2

/**
 * Prisma's clients for all of prisma/<name>/schema.prisma, into subgraphs/<name>/src/adapters/prisma-client,
 * which is not committed. A client whose schema has not changed stays as it is.
 *
 * @returns the names of those that were generated anew
 * @throws with Prisma's message when a schema is not valid
 */
export async function prismaClients(root: string): Promise<string[]> {
  const names = (await readdir(join(root, 'prisma'))).filter((name) => existsSync(schemaOf(root, name)))
  const changed = names.sort()
  const generated: string[] = []
  const worker = async () => {
    for (let name = changed.shift(); name !== undefined; name = changed.shift()) {
      if (await client(root, name)) generated.push(name)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return generated.sort()
}

const schemaOf = (root: string, name: string) => join(root, 'prisma', name, 'schema.prisma')

async function client(root: string, name: string): Promise<boolean> {
  const schema = schemaOf(root, name)
  const stampFile = join(root, 'subgraphs', name, 'src/adapters/prisma-client/.made-from')
  const stamp = createHash('sha256')
    .update(await readFile(schema))
    .update(await readFile(join(root, 'node_modules/prisma/package.json')))
    .digest('hex')
  if (existsSync(stampFile) && (await readFile(stampFile, 'utf8')) === stamp) return false
  // Generating needs no schema engine, but Prisma downloads one unless told where it is; any program will do.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' }
  const prisma = join(root, 'node_modules/prisma/build/index.js')
  await run(process.execPath, [prisma, 'generate', '--schema', schema], { cwd: root, env })
  await writeFile(stampFile, stamp)
  return true
}
