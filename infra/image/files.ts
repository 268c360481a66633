import { chmod, lstat, lutimes, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Every path under a folder, and the folder itself. */
async function* everythingIn(folder: string): AsyncGenerator<string> {
  yield folder
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    yield join(entry.parentPath, entry.name)
}

/** Gives all under a folder one time, and rights that do not depend on who made it: to read for all, to write for its owner. */
export async function touch(folder: string, seconds: number): Promise<void> {
  for await (const path of everythingIn(folder)) {
    const { mode } = await lstat(path)
    const kept = mode & 0o1000 ? mode & 0o7777 : mode & 0o111 ? 0o755 : 0o644
    if (!(await lstat(path)).isSymbolicLink()) await chmod(path, kept)
    await lutimes(path, seconds, seconds)
  }
}

/** Bytes that the files under a folder hold. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for await (const path of everythingIn(folder)) {
    const found = await lstat(path)
    if (found.isFile()) bytes += found.size
  }
  return bytes
}
