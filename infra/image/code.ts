import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { init, parse } from 'es-module-lexer'

/**
 * The files of this repository that programs consist of: what they import, and what that imports, as Node does. Types are
 * not imported. Of `import()`, that of services counts, which load what they are told to; commands of tools/ load by it what
 * they need only where there is a checkout.
 *
 * @param programs files, relative to `root`, as are those that are returned
 * @throws naming the import that leads nowhere
 */
export async function codeOf(root: string, programs: readonly string[]): Promise<string[]> {
  await init
  const found = new Set(programs.map((file) => join(root, file)))
  // A set goes on with what is added on the way.
  for (const file of found) {
    const imports = await importsOf(file, file.startsWith(join(root, 'tools/')))
    for (const imported of imports) found.add(imported)
  }
  return [...found].map((file) => relative(root, file)).sort()
}

async function importsOf(file: string, isTool: boolean): Promise<string[]> {
  const [imports] = parse(await readFile(file, 'utf8'), file)
  const { resolve } = createRequire(file)
  return imports.flatMap((one) => {
    if (one.type === 'import-meta' || (one.type === 'dynamic' ? isTool : one.typeOnly)) return []
    if (one.specifier?.startsWith('.')) return [join(dirname(file), one.specifier)]
    return one.specifier?.startsWith('@myhotel/') ? [resolve(one.specifier)] : []
  })
}
