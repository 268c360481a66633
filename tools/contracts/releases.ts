import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { API, type Promises, readFolder } from './files.ts'

/** A release, and what it promised. */
export type Release = { readonly version: string; readonly promises: Promises }

/** The version that the sources below `root` are, or are going to be. */
export async function versionOf(root: string): Promise<string> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version
}

/** The releases that are kept below `root`, the oldest first. */
export async function keptReleases(root: string): Promise<Release[]> {
  const folders = await readdir(join(root, API), { withFileTypes: true })
  const versions = folders.filter((entry) => entry.isDirectory() && isVersion(entry.name))
  return Promise.all(
    versions
      .map(({ name }) => name)
      .sort(byVersion)
      .map(async (version) => ({ version, promises: await readFolder(join(root, API, version)) })),
  )
}

/** Keeps what a version promises; it must not be kept already. */
export async function keep(root: string, { version, promises }: Release): Promise<void> {
  const folder = join(root, API, version)
  await mkdir(folder)
  for (const [path, text] of Object.entries(promises)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

const run = promisify(execFile)

/**
 * What is kept of a release that has a tag, `v1.0.0`, is what that tag has; who changes it changes what was promised.
 * @returns the files that differ, none where the release has no tag here
 */
export async function changedSinceRelease(root: string, version: string): Promise<string[]> {
  const git = async (...args: string[]) => (await run('git', args, { cwd: root })).stdout.trim()
  const tag = `refs/tags/v${version}`
  const isReleased = await git('rev-parse', '--verify', '--quiet', tag).catch(() => '')
  if (!isReleased) return []
  const changed = await git('diff', '--name-only', tag, '--', `${API}/${version}`)
  return changed.split('\n').filter(Boolean)
}

const numbersOf = (version: string) => version.split('.').map(Number)
const isVersion = (name: string) => /^\d+\.\d+\.\d+$/.test(name)

/** Orders versions, the lowest first. */
export function byVersion(one: string, other: string): number {
  const others = numbersOf(other)
  return numbersOf(one)
    .map((number, index) => number - (others[index] ?? 0))
    .reduce((order, difference) => order || difference, 0)
}

/** Whether both promise the same: only a new major takes a promise back. */
export const isSameMajor = (one: string, other: string) => numbersOf(one)[0] === numbersOf(other)[0]
