import { natsOptions } from '@myhotel/kit/nats-options'
import { connect } from 'nats'

/** The last version of an aggregate that a stream holds, and how many different ones. */
export type Streamed = { aggregate: string; last: number; rows: number }

/** Reads which versions of which aggregates the streams hold, by the messages' headers. */
export async function readStreams(url: string): Promise<Streamed[]> {
  const nats = await connect(natsOptions(url))
  try {
    const versions = new Map<string, Set<number>>()
    const manager = await nats.jetstreamManager()
    for await (const { config, state } of manager.streams.list()) {
      if (state.messages === 0) continue
      const consumer = await nats.jetstream().consumers.get(config.name, { headers_only: true })
      for await (const message of await consumer.consume({ max_messages: 1_000 })) {
        const id = message.headers?.get('ce-id') ?? message.subject
        const aggregate = id.slice(0, id.lastIndexOf(':'))
        const seen = versions.get(aggregate) ?? new Set()
        versions.set(aggregate, seen.add(Number(message.headers?.get('aggregate-version'))))
        if (message.seq >= state.last_seq) break
      }
    }
    return [...versions].map(([aggregate, seen]) => ({
      aggregate,
      last: Math.max(...seen),
      rows: seen.size,
    }))
  } finally {
    await nats.close()
  }
}
