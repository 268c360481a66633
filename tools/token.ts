import { parseArgs } from 'node:util'
import { findSystem, requestToken, resolveDataDir } from './system/client.ts'

/** `npm run --silent token -- guest1 [--data-dir DIR]`: prints an access token and nothing else. */
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'data-dir': { type: 'string' } },
  })
  const [account, ...more] = positionals
  if (!account || more.length > 0) {
    throw new Error('usage: npm run --silent token -- ACCOUNT [--data-dir DIR]   (guest1, host1, agent1, …)')
  }
  const { tokenIssuer } = findSystem(resolveDataDir(values['data-dir']))
  process.stdout.write(`${await requestToken(tokenIssuer, account)}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
