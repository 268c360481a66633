import { glob, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What Node never loads of installed packages, each kind named for what it is: none can be code that runs here.
 * Patterns begin in the folder where pnpm keeps each package with its dependencies.
 */
const surplus: readonly { files: string; why: string }[] = [
  {
    files:
      '@prisma+client@*/node_modules/@prisma/client/runtime/query_compiler_*.{cockroachdb,mysql,sqlite,sqlserver}.*',
    why: "Prisma's engine for other databases",
  },
  {
    files: '@prisma+client@*/node_modules/@prisma/client/runtime/query_compiler_small_*',
    why: "Prisma's smaller and slower engine, which the generated clients do not load",
  },
  { files: '*/node_modules/**/*.d.{ts,mts,cts}', why: 'declarations, which are for compilers' },
  { files: '*/node_modules/**/*.map', why: 'source maps, which are for debuggers' },
]

/**
 * Removes what Node never loads from the packages that pnpm has installed under `folder`.
 * @throws where `all` is said and a kind is not found: then the list is out of date
 */
export async function prune(folder: string, { all }: { all: boolean }): Promise<void> {
  const store = join(folder, 'node_modules/.pnpm')
  for (const { files, why } of surplus) {
    const found = await Array.fromAsync(glob(files, { cwd: store }))
    if (all && found.length === 0) throw new Error(`There is no ${files} any more (${why}).`)
    await Promise.all(found.map((file) => rm(join(store, file), { force: true })))
  }
}
