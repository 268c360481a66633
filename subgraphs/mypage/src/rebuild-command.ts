import { parseArgs } from 'node:util'
import { createLogger } from '@myhotel/kit/logger'
import { type Progress, type Rebuilt, rebuild } from './application/rebuild.ts'
import { composeRebuild } from './compose.ts'
import { readRebuildEnv } from './env.ts'

/**
 * `node src/rebuild-command.ts [--accept-missing]`: builds My Page anew while the old one is read, and ends with 1
 * where it could not. With --accept-missing also from streams that lack events which the page has.
 */
const { values } = parseArgs({ options: { 'accept-missing': { type: 'boolean', default: false } } })
const { world, parts } = composeRebuild(readRebuildEnv(), createLogger('mypage-rebuild', 'silent'))
const begun = Date.now()
const { isTTY } = process.stderr
let shown = begun

function show({ done, total }: Progress) {
  const now = Date.now()
  if (now - shown < (isTTY ? 100 : 2_000)) return
  shown = now
  const share = Math.floor((100 * done) / Math.max(1, total))
  const rate = Math.round((1_000 * done) / (now - begun))
  const line = `${share} %, ${done} of ${total} events, ${rate} a second`
  process.stderr.write(isTTY ? `\r${line}   ` : `${line}\n`)
}

function tell(rebuilt: Rebuilt) {
  if (isTTY) process.stderr.write('\r\x1b[K')
  switch (rebuilt.kind) {
    case 'built':
      console.log(`My Page was built from ${rebuilt.events} events in ${(Date.now() - begun) / 1_000} s.`)
      return
    case 'busy':
      throw new Error('somebody else is building it.')
    case 'incomplete':
      throw new Error(
        `the streams lack events of ${rebuilt.missing} aggregates that the old page knows; it stays. ` +
          'Publish them again (npm run events:republish) or give --accept-missing.',
      )
  }
}

try {
  for (const part of parts) await part.start?.({ check: async () => ({ ready: true, parts: {} }) })
  tell(await rebuild(world, { acceptMissing: values['accept-missing'], onProgress: show }))
  await world.store.sweep()
} catch (error) {
  console.error(`My Page was not built: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
} finally {
  for (const part of parts.reverse()) await part.stop?.()
}
// A server that was never reached is still being tried, which would keep this process for ever.
process.exit()
