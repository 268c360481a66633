import { getServers, promises } from 'node:dns'
import { print } from './told.ts'

/** What names a pod finds by the DNS that its cluster gave it: by name the addresses, or the error's code. */
export type NamesReport = {
  readonly servers: readonly string[]
  readonly found: Readonly<Record<string, readonly string[] | string>>
}

async function resolve(names: readonly string[]): Promise<NamesReport> {
  const found = await Promise.all(
    names.map(async (name) => {
      const addresses = await promises
        .lookup(name, { all: true })
        .then((all) => all.map(({ address }) => address).sort())
        .catch((error: NodeJS.ErrnoException) => error.code ?? String(error))
      return [name, addresses] as const
    }),
  )
  return { servers: getServers(), found: Object.fromEntries(found) }
}

if (import.meta.main) {
  print({ begun: true })
  print({ report: await resolve(JSON.parse(process.argv[2] ?? '{}').names as string[]) })
  process.exit(0)
}
