import { glob } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { urlOf } from '../../tools/migrate/databases.ts'
import { databaseNames } from '../../tools/migrate/migrations.ts'
import { variable } from '../../tools/system/site.ts'
import { startPrivateServices } from '../../tools/test/private-services.ts'
import { confined, unpack } from './confined.ts'
import { sizeOf } from './files.ts'
import type { Image } from './images.ts'
import { environmentOfNowhere } from './nowhere.ts'
import { programsOf } from './programs.ts'
import { flawOf, type Start, tryProgram } from './trial.ts'

/** Bytes that an image may have on a disk. */
const mostBytes = 230e6

/** Commands that have no business in an image: whoever gets in finds nothing to go on with. */
const unwanted =
  /^(ba|da|a|z|k)?sh$|^(busybox|apt(-get)?|dpkg|apk|npm|npx|pnpm|yarn|corepack|curl|wget|perl|python3?)$/

/**
 * Runs everything that an image can run as a cluster would, read-only, without capabilities, as nobody: with nothing told,
 * with stores that are nowhere, and what works on stores with real ones. Needs to be root, and runc.
 *
 * @returns what was tried, in words
 * @throws naming everything that is wrong
 */
export async function checkArchive(image: Image, archive: string): Promise<string> {
  const unpacked = await unpack(archive)
  try {
    // Stand-ins keep what they have to remember; production keeps nothing.
    const start = await confined(unpacked, image.name === 'myhotel' ? [] : ['/tmp'])
    const names = Object.keys(programsOf(join(unpacked.root, 'app')))
    const bytes = await sizeOf(unpacked.root)
    const flaws = [
      ...(await commandsIn(unpacked.root)).map((command) => `it has ${command}`),
      ...(bytes > mostBytes ? [`it has ${(bytes / 1e6).toFixed(0)} MB`] : []),
      ...(await flawsOfStarts(start, names, image.env)),
      ...(image.name === 'myhotel' ? await flawsWithStores(start) : []),
    ]
    if (flaws.length > 0) throw new Error(`${image.name}: ${flaws.join('\n')}`)
    return `${names.length} programs begin, read-only and without capabilities: ${names.join(', ')}`
  } finally {
    await unpacked.close()
  }
}

const commandsIn = async (root: string) =>
  (await Array.fromAsync(glob('{,usr/,usr/local/}{bin,sbin}/*', { cwd: root }))).filter((file) =>
    unwanted.test(basename(file)),
  )

/** Of every program, told nothing or of stores that are nowhere; and of a name that there is not. */
export async function flawsOfStarts(
  start: Start,
  names: readonly string[],
  env: Readonly<Record<string, string>>,
  dataDir = '/tmp',
): Promise<string[]> {
  const nowhere = { ...(await environmentOfNowhere(dataDir)), ...env }
  const flaws: string[] = []
  const left = names.flatMap((name) => [
    { name, told: nowhere },
    { name, told: env },
  ])
  const tryThem = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const flaw = flawOf(await tryProgram(start, [next.name], next.told))
      if (!flaw) continue
      flaws.push(
        `${next.name}, told ${next.told === env ? 'nothing' : 'of stores that are nowhere'}, ${flaw}`,
      )
    }
  }
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, tryThem))
  const unknown = await tryProgram(start, ['toString'], env)
  if (unknown.code !== 2 || !names.every((name) => unknown.said.includes(name)))
    flaws.push(`an unknown name ended with ${unknown.code}: ${unknown.said}`)
  return flaws
}

/** Of what operators run, with real stores: migrations, and what reads and mends. */
async function flawsWithStores(start: Start): Promise<string[]> {
  const { urls, stop } = await startPrivateServices(['postgres', 'nats', 'redis'])
  try {
    const databases = (await databaseNames()).map((name) => [
      `${variable(name)}_DATABASE_URL`,
      urlOf(urls.postgres, name),
    ])
    const env = { ...Object.fromEntries(databases), NATS_URL: urls.nats, REDIS_URL: urls.redis }
    const flaws: string[] = []
    for (const name of [
      'migrate',
      'dead-letters',
      'republish',
      'erase-text',
      'mend-times',
      'mend-rooms',
      'rebuild',
    ]) {
      const { code, said } = await tryProgram(start, [name], env)
      if (code !== 0) flaws.push(`${name} with real stores ended with ${code}: ${said}`)
    }
    return flaws
  } finally {
    await stop()
  }
}
