import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the promises of releases are kept, each in a folder of its version, and samples of what is promised now. */
export const API = 'docs/api'

/**
 * What a version of MyHotel promises, as files, each by its path in the folder of a release:
 * `schema.graphql` (what clients see), `errors.json` (the codes that they may be told), `subgraphs/<name>.graphql`,
 * `documents/<caller>-to-<callee>.graphql` (what services ask each other), `events/<Type>.json` and
 * `samples/…` (calls and events that tests run with).
 */
export type Promises = Readonly<Record<string, string>>

/** The files of a folder and below, by their paths in it. */
export async function readFolder(folder: string, prefix = ''): Promise<Promises> {
  const names = await Array.fromAsync(glob('**/*.{graphql,json}', { cwd: folder }))
  return readAll(names.sort().map((name) => [`${prefix}${name}`, join(folder, name)]))
}

/** The texts of files, by the names that are given to them. */
export async function readAll(files: readonly (readonly [name: string, path: string])[]): Promise<Promises> {
  const texts = await Promise.all(files.map(([, path]) => readFile(path, 'utf8')))
  return Object.fromEntries(files.map(([name], index) => [name, texts[index] ?? '']))
}

/** Those files of a release that are below `folder`, by the rest of their paths without the ending. */
export function below(promises: Promises, folder: string): Map<string, string> {
  const found = Object.entries(promises).filter(([path]) => path.startsWith(`${folder}/`))
  return new Map(found.map(([path, text]) => [path.slice(folder.length + 1).replace(/[.]\w+$/, ''), text]))
}

/** As it is kept: in lines, so that a change can be read. */
export const inJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
