import { parseArgs } from 'node:util'
import { ROOT } from '../system/client.ts'
import { additions, brokenPromises } from './compare.ts'
import { API } from './files.ts'
import { promisesOf } from './promises.ts'
import { changedSinceRelease, keep, keptReleases, versionOf } from './releases.ts'

const USAGE = `npm run contracts [-- keep]
  compares what this version promises (API, codes of errors, calls between services, events) with what earlier releases
  promised, which is kept in ${API}; exit 1 where a promise is broken without another major
  keep    keeps what this version promises, as part of its release, in ${API}/<version of package.json>`

async function contracts(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { help: { type: 'boolean' } },
  })
  const [command, ...more] = positionals
  if (values.help || more.length > 0 || (command && command !== 'keep')) {
    console.log(USAGE)
    return values.help ? 0 : 2
  }
  const releases = await keptReleases(ROOT)
  const now = { version: await versionOf(ROOT), promises: await promisesOf(ROOT) }
  const changed = await Promise.all(releases.map(({ version }) => changedSinceRelease(ROOT, version)))
  const flaws = [
    ...changed.flat().map((file) => `${file} is not what was released`),
    ...brokenPromises(now, releases),
  ]
  for (const flaw of flaws) console.error(`error  ${flaw}`)
  if (flaws.length > 0) {
    console.error(`${flaws.length} promises broken: mend them, or raise the major in package.json.`)
    return 1
  }
  const newest = releases.at(-1)
  if (newest) for (const one of additions(now.promises, newest.promises)) console.log(`new    ${one}`)
  if (command !== 'keep') {
    const kept = releases.map(({ version }) => version).join(', ') || 'none'
    console.log(`${now.version} keeps what was promised; releases: ${kept}`)
    return 0
  }
  if (releases.some(({ version }) => version === now.version)) {
    console.error(`${API}/${now.version} is there already: raise the version in package.json.`)
    return 1
  }
  await keep(ROOT, now)
  console.log(`${API}/${now.version} written: commit it with the release`)
  return 0
}

process.exitCode = await contracts(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  return 1
})
