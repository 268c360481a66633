import { glob, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const TEMPLATE = join(import.meta.dirname, 'template')
const SUFFIX = '.template'

/**
 * Why there cannot be a subgraph of this name, in a sentence; undefined if there can.
 *
 * @param taken names of folders that there are already
 */
export function flawOfName(name: string, taken: readonly string[]): string | undefined {
  if (!/^[a-z][a-z0-9]{1,30}$/.test(name)) return `"${name}" is no name: small letters and digits, no signs.`
  if (taken.includes(name)) return `There is a ${name} already.`
  return undefined
}

/**
 * The template's text with the name of a subgraph in place of its own, in all spellings: `example`, `examples`,
 * `Example`, `EXAMPLE`, `an example`.
 */
export function rename(text: string, name: string): string {
  const isVowel = /^[aeiou]/.test(name)
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  return text
    .replace(/\b([Aa])n (?=\W?example)/g, isVowel ? '$1n ' : '$1 ')
    .replaceAll('example', name)
    .replaceAll('Example', capital)
    .replaceAll('EXAMPLE', name.toUpperCase())
}

/**
 * Writes the files of a new subgraph: its folder, its database's and its events.
 *
 * @param now becomes the name of its first migration
 * @returns the paths of the files, relative to `root`
 */
export async function writeSubgraph(root: string, name: string, now: Date): Promise<string[]> {
  const time = now.toISOString().replace(/\D/g, '').slice(0, 14)
  const written: string[] = []
  for await (const file of glob(`**/*${SUFFIX}`, { cwd: TEMPLATE })) {
    const path = rename(file.slice(0, -SUFFIX.length).replace('__time__', time), name)
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), rename(await readFile(join(TEMPLATE, file), 'utf8'), name))
    written.push(path)
  }
  return written.sort()
}
