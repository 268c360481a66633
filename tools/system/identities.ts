import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createIdentity } from '@myhotel/kit/identity'

/** A key pair of each service and of the router, by name. */
export type Identities = Record<string, Awaited<ReturnType<typeof createIdentity>>>

/** The key pairs by which services know each other, kept in `<data-dir>/identity.json`; made for new names. */
export async function readIdentities(dataDir: string, names: readonly string[]): Promise<Identities> {
  const file = join(dataDir, 'identity.json')
  const identities: Identities = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  for (const name of names) identities[name] ??= await createIdentity(name)
  writeFileSync(file, JSON.stringify(identities, null, 2), { mode: 0o600 })
  return identities
}
