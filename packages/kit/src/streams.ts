import { DiscardPolicy, type NatsConnection, NatsError, nanos, RetentionPolicy, StorageType } from 'nats'
import { streamOf } from './jetstream.ts'

/** JetStream's codes: there is no such stream; a server that is in no cluster keeps one copy. */
const noSuchStream = 10059
const isNoCluster = 10074

/** The stream of a context as it is: how many copies JetStream keeps of it, and why not as many as wanted. */
export type StreamState = { readonly copies: number; readonly refusal?: string }

/**
 * Makes the stream of a context unless it is there, with `copies` of it, one where that is left open. Where it is there
 * and may be `changed`, the number of its copies becomes the one wanted; its consumers follow. Where a server refuses
 * that, the stream is as usable as before.
 */
export async function ensureStream(
  nats: NatsConnection,
  context: string,
  { copies, changed }: { copies: number | undefined; changed: boolean },
): Promise<StreamState> {
  const { streams } = await nats.jetstreamManager()
  const found = await streams.info(streamOf(context)).catch((error: unknown) => {
    if (codeOf(error) !== noSuchStream) throw error
  })
  if (!found) return addStream(nats, context, copies ?? 1)
  // A server that is in no cluster takes any number, and goes on keeping one copy.
  if (!found.cluster && (copies ?? 1) > 1) return { copies: 1, refusal: 'the server is in no cluster' }
  const { num_replicas } = found.config
  if (!changed || copies === undefined || copies === num_replicas) return { copies: num_replicas }
  try {
    await streams.update(streamOf(context), { num_replicas: copies })
    return { copies }
  } catch (error) {
    return { copies: num_replicas, refusal: refusalOf(error) }
  }
}

async function addStream(nats: NatsConnection, context: string, copies: number): Promise<StreamState> {
  const { streams } = await nats.jetstreamManager()
  const add = (num_replicas: number) =>
    streams.add({
      name: streamOf(context),
      subjects: [`${context}.*`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      // Kept for ever, so that a new subgraph can read from the beginning and a read model be rebuilt.
      max_age: 0,
      deny_delete: true,
      duplicate_window: nanos(120_000),
      num_replicas,
    })
  try {
    await add(copies)
    return { copies }
  } catch (error) {
    // A cluster that lacks servers just now may have them in a moment; one server alone never will.
    if (codeOf(error) !== isNoCluster || copies === 1) throw error
    await add(1)
    return { copies: 1, refusal: refusalOf(error) }
  }
}

const codeOf = (error: unknown) => (error instanceof NatsError ? error.api_error?.err_code : undefined)

/** @throws what is no answer of JetStream: then nobody knows how the stream is. */
function refusalOf(error: unknown): string {
  const answer = error instanceof NatsError ? error.api_error : undefined
  if (!answer) throw error
  return answer.description
}
