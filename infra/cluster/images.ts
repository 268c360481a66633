import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeImage } from './archive.ts'
import { environment, finished, inMachine, type Machine } from './machine.ts'
import { CONTAINERD_SOCKET } from './node-config.ts'
import { IMAGES } from './paths.ts'
import { type StandIn, standIns } from './stand-ins.ts'

const INFRA = join(import.meta.dirname, '..')

/** An image that was asked for, and what pods get for it here. */
export type Conversion = { asked: string; given: string }

/** Archives of all images that this cluster has of its own, and what stands in them for what. */
export async function buildImages(): Promise<{ archives: string[]; conversions: Conversion[] }> {
  const asked = await askedImages()
  const archives: string[] = []
  const conversions: Conversion[] = []
  for (const [repository, standIn] of Object.entries(await standIns())) {
    const tags = asked.filter((name) => name.startsWith(`${repository}:`))
    const names = [...new Set([...standIn.tags.map((tag) => `${repository}:${tag}`), ...tags])]
    archives.push(await buildImage(repository, names, standIn))
    conversions.push(...names.map((name) => ({ asked: name, given: standIn.given })))
  }
  return { archives, conversions }
}

/** The archive of a stand-in under these names, which is written once. */
export async function buildImage(
  repository: string,
  names: readonly string[],
  { given, spec }: StandIn,
): Promise<string> {
  const recipe = readFileSync(join(import.meta.dirname, 'archive.ts'), 'utf8')
  const key = createHash('sha256')
    .update(JSON.stringify([names, given, spec, recipe]))
    .digest('hex')
    .slice(0, 12)
  const file = join(IMAGES, `${repository.replaceAll('/', '-')}-${key}.tar`)
  if (!existsSync(file)) await writeImage(file, names, spec)
  return file
}

/** The images that manifests name. */
async function askedImages(): Promise<string[]> {
  const names = new Set<string>()
  for (const folder of ['k8s', 'cluster']) {
    const path = join(INFRA, folder)
    if (!existsSync(path)) continue
    for (const file of await readdir(path, { recursive: true })) {
      if (!/[.](ya?ml|ts)$/.test(file) || file.includes('node_modules')) continue
      const text = readFileSync(join(path, file), 'utf8')
      for (const [, name = ''] of text.matchAll(/\bimage: *['"]?([\w./:-]+:[\w.-]+)/g))
        names.add(name.replace(/^docker\.io\/(library\/)?/, ''))
    }
  }
  return [...names]
}

/** Archives that `npm run image` has written. */
export async function ownArchives(): Promise<string[]> {
  const folder = join(INFRA, 'image/out')
  if (!existsSync(folder)) return []
  return (await readdir(folder)).filter((file) => file.endsWith('.tar')).map((file) => join(folder, file))
}

/** Gives a node the images of an archive (of Docker or of the Open Container Initiative), whoever may read it there. */
export async function importArchive(machine: Machine, archive: string): Promise<void> {
  const ctr = ['ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io', 'images', 'import', '-']
  const file = await open(archive)
  try {
    await finished([...inMachine(machine), ...ctr], {
      stdio: [file.fd, 'ignore', 'pipe'],
      env: environment(),
    })
  } finally {
    await file.close()
  }
}
