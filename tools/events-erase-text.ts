import { parseArgs } from 'node:util'
import { BookCanceled } from '@myhotel/contracts/book'
import { type EventContract, withheldFieldsOf } from '@myhotel/contracts/event'
import { RoomDeleted } from '@myhotel/contracts/room'
import { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import { withClient } from '@myhotel/kit/postgres'
import { eraseFromDeadLetters, eraseFromOutbox, type Withheld } from './erase-text/databases.ts'
import { eraseFromPageLetters } from './erase-text/page-letters.ts'
import { eraseFromStream } from './erase-text/stream.ts'
import { findStores } from './system/stores.ts'

const USAGE = `npm run events:erase-text [-- --apply --data-dir DIR]

Earlier versions published what people wrote to each other (reasons, complaints, resolutions) in events, which are kept for
ever. This finds such text in outboxes, dead letters and streams and, with --apply, erases it: the text remains with its
owner only. A stream cannot lose single messages, so one that holds text is removed and published again from its outbox,
which takes about two minutes for a million events; whoever has an event already ignores it. Run it after every replica
has the new version. It is safe to repeat.
`

/** The events that once carried such text. */
const CONTRACTS: readonly EventContract[] = [BookCanceled, RoomDeleted, ComplaintFiled, ComplaintClosed]

/** Events with text, by the place where they were found. */
export type Found = { place: string; events: number }

/**
 * Finds the text that the contracts withhold in all stores and erases it where `apply` says so. Answers how many events
 * carried text, by place; those without any are left out.
 */
export async function eraseText(
  stores: { databases: Record<string, string>; redis: string; nats: string },
  apply: boolean,
  contracts = CONTRACTS,
): Promise<Found[]> {
  const withheld = contracts.map((contract): Withheld => {
    return { context: contract.context, type: contract.type, blank: withheldFieldsOf(contract) }
  })
  const found: Found[] = []
  for (const [name, url] of Object.entries(stores.databases)) {
    await withClient(url, async (client) => {
      const own = withheld.filter(({ context }) => context === name)
      found.push({ place: `outbox of ${name}`, events: await eraseFromOutbox(client, own, apply) })
      found.push({
        place: `dead letters of ${name}`,
        events: await eraseFromDeadLetters(client, withheld, apply),
      })
      if (own.length === 0) return
      found.push({
        place: `stream of ${name}`,
        events: await eraseFromStream(stores.nats, client, own, apply),
      })
    })
  }
  found.push({
    place: 'dead letters of My Page',
    events: await eraseFromPageLetters(stores.redis, withheld, apply),
  })
  return found.filter(({ events }) => events > 0)
}

async function main() {
  const { values } = parseArgs({
    options: {
      apply: { type: 'boolean', default: false },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(USAGE)
  const found = await eraseText(await findStores(values['data-dir']), values.apply)
  for (const { place, events } of found) {
    const done = values.apply ? 'text erased from' : 'text in'
    process.stdout.write(`${place.padEnd(30)} ${done} ${events} events\n`)
  }
  if (found.length === 0) process.stdout.write('No event holds text that one person wrote to another.\n')
  else if (!values.apply)
    process.stdout.write('Nothing was changed. To erase it: npm run events:erase-text -- --apply\n')
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
}
