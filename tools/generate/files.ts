import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file that is made from others, with its absolute path. */
export type GeneratedFile = { path: string; content: string }

/** Writes the files that differ from what is there, and removes those that nothing generates any more. */
export async function write(files: GeneratedFile[], leftOver: string[]): Promise<void> {
  for (const { path, content } of await stale(files)) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  for (const path of leftOver) await rm(path)
}

/** The files whose content on disk is another one, or that are missing there. */
export async function stale(files: GeneratedFile[]): Promise<GeneratedFile[]> {
  const present = await Promise.all(files.map(({ path }) => readFile(path, 'utf8').catch(() => undefined)))
  return files.filter(({ content }, index) => content !== present[index])
}

/** Generated TypeScript of the subgraphs that nothing generates any more. */
export async function leftOver(root: string, files: GeneratedFile[]): Promise<string[]> {
  const wanted = new Set(files.map(({ path }) => path))
  const surplus: string[] = []
  for await (const path of glob('subgraphs/*/src/adapters/*.generated.ts', { cwd: root })) {
    if (!wanted.has(join(root, path))) surplus.push(join(root, path))
  }
  return surplus
}
