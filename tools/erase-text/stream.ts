import { type Bus, createBus } from '@myhotel/kit/bus'
import { createLogger } from '@myhotel/kit/logger'
import type { Client } from '@myhotel/kit/postgres'
import type { Withheld } from './databases.ts'
import { withoutText } from './without-text.ts'

/**
 * Removes a context's stream where it holds text and has its outbox publish all events again; the relay does that as
 * soon as it runs. Answers how many messages carried text. A run that died after it removed the stream is finished by
 * the next: a stream that holds fewer events than its outbox has published is published again, too.
 */
export async function eraseFromStream(
  natsUrl: string,
  outbox: Client,
  withheld: readonly Withheld[],
  apply: boolean,
): Promise<number> {
  const context = withheld[0]?.context
  if (!context) return 0
  const events = await published(outbox, context)
  if (events === 0) return 0
  const bus = createBus({
    url: natsUrl,
    name: 'erase text',
    log: createLogger('erase-text', 'warn'),
  })
  try {
    let messages = 0
    let withText = 0
    await bus.replay(context, ({ envelope }) => {
      messages += 1
      if (withoutText(envelope, withheld)) withText += 1
    })
    if (apply && (withText > 0 || messages < events)) await publishAnew(bus, outbox, context)
    return withText
  } finally {
    await bus.stop?.()
  }
}

async function published(outbox: Client, context: string): Promise<number> {
  const { rows } = await outbox.query<{ events: number }>(
    'SELECT count(*)::int AS events FROM outbox WHERE context = $1 AND published_at IS NOT NULL',
    [context],
  )
  return rows[0]?.events ?? 0
}

/**
 * The marks are taken away in a transaction that ends after the stream is gone: were it the other way round, the relay
 * would publish into the old stream, or nothing would say that the new one is empty.
 */
async function publishAnew(bus: Bus, outbox: Client, context: string): Promise<void> {
  await outbox.query('BEGIN')
  try {
    const unmark = 'UPDATE outbox SET published_at = NULL WHERE context = $1 AND published_at IS NOT NULL'
    await outbox.query(unmark, [context])
    await bus.remove(context)
    await outbox.query('COMMIT')
  } catch (error) {
    await outbox.query('ROLLBACK')
    throw error
  }
}
