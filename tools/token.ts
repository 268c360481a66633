import { parseArgs } from 'node:util'
import { findSystem, requestToken, resolveDataDir } from './system/client.ts'

const USAGE = `npm run --silent token -- ACCOUNT [--data-dir DIR]   (guest1, host1, agent1, …)

Prints an access token of a development account and nothing else.
`

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'data-dir': { type: 'string' }, help: { type: 'boolean' } },
  })
  const [account, ...more] = positionals
  if (values.help) {
    process.stdout.write(USAGE)
    process.exit(0)
  }
  if (!account || more.length > 0) throw new Error(USAGE)
  const { tokenIssuer } = findSystem(resolveDataDir(values['data-dir']))
  process.stdout.write(`${await requestToken(tokenIssuer, account)}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
