import { parseArgs } from 'node:util'
import { createLogger } from '@myhotel/kit/logger'
import { type Progress, rebuild } from './application/rebuild.ts'
import { composeRebuild } from './compose.ts'
import { readRebuildEnv } from './env.ts'

/**
 * `node src/rebuild-command.ts [--accept-missing]`: builds My Page anew while the old one is read, and ends with 1
 * where it could not. With --accept-missing also from streams that lack events which the page has.
 */
const { values } = parseArgs({ options: { 'accept-missing': { type: 'boolean', default: false } } })
const env = readRebuildEnv()
const { world, parts } = composeRebuild(env, createLogger('mypage-rebuild', 'error'))
const begun = Date.now()

function show({ done, total }: Progress) {
  const seconds = Math.max(1, (Date.now() - begun) / 1_000)
  const share = total === 0 ? 100 : Math.floor((100 * done) / total)
  const rate = Math.round(done / seconds)
  const line = `${share} %  ${done} of ${total} events  ${rate} a second`
  process.stderr.write(process.stderr.isTTY ? `\r${line}   ` : '')
}

for (const part of parts) await part.start?.({ check: async () => ({ ready: true, parts: {} }) })
const rebuilt = await rebuild(world, { acceptMissing: values['accept-missing'], onProgress: show })
process.stderr.write(process.stderr.isTTY ? '\n' : '')
switch (rebuilt.kind) {
  case 'built':
    console.log(`My Page was built from ${rebuilt.events} events in ${(Date.now() - begun) / 1_000} s.`)
    await world.store.sweep()
    break
  case 'busy':
    console.error('Somebody else is building My Page; nothing was done.')
    process.exitCode = 1
    break
  case 'incomplete':
    console.error(
      `The streams lack events of ${rebuilt.missing} aggregates that My Page knows, so the old page stays. ` +
        'Publish them again (npm run events:republish) or give --accept-missing.',
    )
    process.exitCode = 1
}
for (const part of parts.reverse()) await part.stop?.()
