import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Keep } from './api.ts'

/**
 * Keeps Secrets and ConfigMaps below a folder, where there is no cluster: each is a folder of its name, with a file for each
 * entry, as a pod would have it mounted. Files are readable by all: who may see them is said by who has the folder.
 */
export function createFolder(root: string): Keep {
  return async function keep(_resource, name, complete) {
    const folder = join(root, name)
    const before = existsSync(folder) ? await readAll(folder) : undefined
    const after = await complete(before)
    await mkdir(folder, { recursive: true })
    for (const [key, text] of Object.entries(after)) {
      if (before?.[key] !== text) await replace(join(folder, key), join(folder, `.${key}`), text)
    }
    return after
  }
}

async function readAll(folder: string): Promise<Record<string, string>> {
  const keys = (await readdir(folder)).filter((key) => !key.startsWith('.'))
  return Object.fromEntries(
    await Promise.all(keys.map(async (key) => [key, await readFile(join(folder, key), 'utf8')] as const)),
  )
}

/** As a whole, whenever this process may end. */
async function replace(file: string, unfinished: string, text: string): Promise<void> {
  await writeFile(unfinished, text, { mode: 0o444, flag: 'w' })
  await rename(unfinished, file)
}
