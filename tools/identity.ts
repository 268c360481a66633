import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createIdentity } from '@myhotel/kit/identity'
import { addKey, type KeySet, nextKeyId, readKeySet, retireKey } from '@myhotel/kit/identity-keys'

const USAGE = `npm run --silent identity -- new SERVICE --keys FILE      makes a key pair (SERVICE, or SERVICE.2, …): adds the
                                                          public key to FILE and prints the private key (JWK)
npm run --silent identity -- add PUBLIC_KEY --keys FILE   adds a public key (JWK) that was made elsewhere
npm run --silent identity -- retire KID --keys FILE       removes a public key, unless it is its service's last

FILE is the key set (JWKS) that services are given as IDENTITY_KEYS or IDENTITY_KEYS_FILE; how to rotate keys without a
refused request is in docs/identity.md.
`

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keys: { type: 'string' }, help: { type: 'boolean' } },
  })
  const [command = '', subject, ...more] = positionals
  if (values.help) {
    process.stdout.write(USAGE)
    process.exit(0)
  }
  if (!subject || !values.keys || more.length > 0) throw new Error(USAGE)
  await run(command, subject, values.keys)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function run(command: string, subject: string, file: string): Promise<void> {
  const set = existsSync(file) ? readKeySet(readFileSync(file, 'utf8')) : { keys: [] }
  if (command === 'new') {
    const { privateKey, publicKey } = await createIdentity(nextKeyId(set, subject))
    write(file, addKey(set, publicKey))
    process.stdout.write(`${JSON.stringify(privateKey)}\n`)
  } else if (command === 'add') write(file, addKey(set, JSON.parse(subject)))
  else if (command === 'retire') write(file, retireKey(set, subject))
  else throw new Error(USAGE)
}

/** A reader sees the set before or the set after, never half of it. */
function write(file: string, set: KeySet) {
  const next = `${file}.new`
  writeFileSync(next, `${JSON.stringify(set, null, 2)}\n`)
  renameSync(next, file)
}
