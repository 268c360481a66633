import {
  AckPolicy,
  type ConsumerMessages,
  connect,
  DeliverPolicy,
  DiscardPolicy,
  headers,
  type JetStreamClient,
  type JsMsg,
  type NatsConnection,
  NatsError,
  nanos,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
} from 'nats'
import type { Logger } from './logger.ts'
import { loop } from './loop.ts'
import type { Part } from './service.ts'

/** One event on its way, with the attributes of CloudEvents 1.0. */
export type Envelope = {
  /** `<context>.<aggregateId>:<version>`: the same each time the event is published. */
  readonly id: string
  /** The context that publishes it. */
  readonly context: string
  readonly aggregateId: string
  /** Position among the events of its aggregate, from 1 without gaps. */
  readonly version: number
  readonly type: string
  readonly schemaVersion: number
  /** When it happened, ISO 8601. */
  readonly time: string
  readonly correlationId: string
  readonly traceparent: string
  readonly data: unknown
}

/** What a consumer says of a message it was given. */
export type Verdict = 'done' | 'unusable' | { readonly retryAfterMs: number }

/** A message as it came; `envelope` is null where it cannot be read as an event. */
export type Delivery = {
  readonly envelope: Envelope | null
  readonly subject: string
  readonly body: string
  /** 1 the first time. */
  readonly attempt: number
  /** Position in the stream. */
  readonly sequence: number
  /** How many are stored after it for this reader. */
  readonly pending: number
}

/** JetStream as the services use it. This file is the only one that knows the client library. */
export type Bus = Part & {
  /** Resolves when the stream has stored the event (or had it already). */
  publish(event: Envelope): Promise<void>
  /**
   * A part that hands a context's events to `handle` for as long as it runs, in order per aggregate. It outlives
   * the loss of the server, the stream or the consumer: all are made anew.
   */
  consume(consumption: Consumption): Part
  /**
   * Reads a context's events from `fromSequence` to those that are stored now, in the order of the stream, without
   * taking them from anyone. Answers the sequence at which to go on.
   */
  replay(
    context: string,
    onEvent: (delivery: Delivery) => Promise<void> | void,
    fromSequence?: number,
  ): Promise<number>
}

/** A durable subscription. All replicas of a consumer share the durable name and so the work. */
export type Consumption = {
  readonly context: string
  readonly durable: string
  /** How many aggregates are worked on at a time. */
  readonly concurrency: number
  handle(delivery: Delivery): Promise<Verdict>
}

const ackWaitMs = 30_000
const waitForStoreMs = 5_000
const connectWithinMs = 2_000

/** Stream of a context, `BOOK`; it holds the subjects `book.*`. */
export const streamOf = (context: string) => context.toUpperCase()

/** An id as one token of a subject: whatever may not stand there is encoded. */
export const subjectToken = (id: string) =>
  /^[\w-]+$/.test(id) ? id : `_${Buffer.from(id).toString('base64url')}`

/**
 * Connects in the background and for ever: a service starts and answers while NATS is away, its outbox waits.
 */
export function createBus(options: { url: string; replicas: number; name: string; log: Logger }): Bus {
  let connecting: Promise<NatsConnection> | undefined
  const streams = new Map<string, Promise<JetStreamClient>>()

  function connection(): Promise<NatsConnection> {
    connecting ??= connect({
      servers: options.url.split(','),
      name: options.name,
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      pingInterval: 10_000,
      maxPingOut: 2,
    })
    return connecting
  }

  /** The connection, or an error where there is none yet: whoever waited for ever could not be stopped. */
  const client = () => Promise.race([connection(), timeout(connectWithinMs)])

  /** The JetStream client, once the context's stream is known to be there. */
  function stream(context: string): Promise<JetStreamClient> {
    let ready = streams.get(context)
    if (!ready) {
      ready = client().then(async (nats) => {
        await ensureStream(nats, context, options.replicas)
        return nats.jetstream({ timeout: waitForStoreMs })
      })
      streams.set(context, ready)
      ready.catch(() => streams.delete(context))
    }
    return ready
  }

  return {
    name: 'nats',
    async start() {
      connection().catch((error: unknown) => options.log.error({ err: error }, 'NATS connection given up'))
    },
    async ready() {
      const nats = await Promise.race([client(), timeout(500)])
      await Promise.race([nats.flush(), timeout(1_000)])
    },
    async stop() {
      const nats = await Promise.race([client(), timeout(200)]).catch(() => undefined)
      await nats?.close()
    },
    async publish(event) {
      const jetstream = await stream(event.context)
      try {
        await jetstream.publish(
          `${event.context}.${subjectToken(event.aggregateId)}`,
          JSON.stringify(event.data),
          {
            msgID: event.id,
            headers: toHeaders(event),
          },
        )
      } catch (error) {
        // The stream may be gone (a wiped disk): look again, and make it anew, next time.
        streams.delete(event.context)
        throw error
      }
    },
    consume(consumption) {
      let messages: ConsumerMessages | undefined
      return loop({
        name: `${consumption.durable} of ${consumption.context}`,
        everyMs: 200,
        log: options.log,
        async work(signal) {
          await stream(consumption.context)
          const nats = await client()
          await ensureConsumer(nats, consumption)
          const consumer = await nats
            .jetstream()
            .consumers.get(streamOf(consumption.context), consumption.durable)
          messages = await consumer.consume({
            max_messages: 200,
            expires: 5_000,
            abort_on_missing_resource: true,
          })
          const close = () => void messages?.close()
          signal.addEventListener('abort', close, { once: true })
          if (signal.aborted) close()
          try {
            await handOut(messages, consumption, options.log)
          } finally {
            signal.removeEventListener('abort', close)
            streams.delete(consumption.context)
          }
        },
      })
    },
    async replay(context, onEvent, fromSequence = 1) {
      await stream(context)
      const nats = await client()
      const name = streamOf(context)
      const { state } = await (await nats.jetstreamManager()).streams.info(name)
      let next = Math.max(fromSequence, state.first_seq)
      if (next > state.last_seq) return next
      const consumer = await nats.jetstream().consumers.get(name, { opt_start_seq: next })
      while (next <= state.last_seq) {
        const batch = await consumer.fetch({ max_messages: 1_000, expires: 2_000 })
        for await (const message of batch) {
          await onEvent(toDelivery(context, message))
          next = message.seq + 1
          if (next > state.last_seq) break
        }
      }
      return next
    },
  }
}

async function ensureStream(nats: NatsConnection, context: string, replicas: number) {
  const { streams } = await nats.jetstreamManager()
  const name = streamOf(context)
  try {
    await streams.info(name)
  } catch (error) {
    if (!(error instanceof NatsError) || error.api_error?.err_code !== 10059) throw error
    await streams.add({
      name,
      subjects: [`${context}.*`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      // Kept for ever, so that a new subgraph can read from the beginning and a read model be rebuilt.
      max_age: 0,
      deny_delete: true,
      duplicate_window: nanos(120_000),
      num_replicas: replicas,
    })
  }
}

async function ensureConsumer(nats: NatsConnection, { context, durable }: Consumption) {
  const manager = await nats.jetstreamManager()
  await manager.consumers.add(streamOf(context), {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    max_ack_pending: 2_000,
    max_deliver: -1,
  })
}

/** Hands messages to the consumer: one after another within an aggregate, several aggregates at a time. */
async function handOut(
  messages: ConsumerMessages,
  { context, concurrency, handle }: Consumption,
  log: Logger,
) {
  const lastOf = new Map<string, Promise<void>>()
  const underWay = new Set<Promise<void>>()
  for await (const message of messages) {
    const { subject } = message
    const turn = (lastOf.get(subject) ?? Promise.resolve())
      .then(() => handle(toDelivery(context, message)))
      .then((verdict) => {
        if (verdict === 'done') message.ack()
        else if (verdict === 'unusable') message.term()
        else message.nak(verdict.retryAfterMs)
      })
      .catch((error: unknown) => {
        log.error({ err: error, subject }, 'consumer failed')
        message.nak(1_000)
      })
      .finally(() => {
        underWay.delete(turn)
        if (lastOf.get(subject) === turn) lastOf.delete(subject)
      })
    lastOf.set(subject, turn)
    underWay.add(turn)
    if (underWay.size >= concurrency) await Promise.race(underWay)
  }
  await Promise.all(underWay)
}

function toHeaders(event: Envelope) {
  const carried = headers()
  carried.set('ce-specversion', '1.0')
  carried.set('ce-id', event.id)
  carried.set('ce-source', `/myhotel/${event.context}`)
  carried.set('ce-type', event.type)
  carried.set('ce-time', event.time)
  carried.set('ce-subject', subjectToken(event.aggregateId))
  carried.set('content-type', 'application/json')
  carried.set('schema-version', String(event.schemaVersion))
  carried.set('aggregate-version', String(event.version))
  carried.set('correlation-id', event.correlationId)
  carried.set('traceparent', event.traceparent)
  return carried
}

function toDelivery(context: string, message: JsMsg): Delivery {
  const body = message.string()
  return {
    envelope: toEnvelope(context, message, body),
    subject: message.subject,
    body,
    attempt: message.info.redeliveryCount,
    sequence: message.seq,
    pending: message.info.pending,
  }
}

function toEnvelope(context: string, message: JsMsg, body: string): Envelope | null {
  const id = message.headers?.get('ce-id')
  const version = Number(message.headers?.get('aggregate-version'))
  if (!id || !Number.isInteger(version) || version < 1) return null
  const get = (name: string) => message.headers?.get(name) ?? ''
  try {
    return {
      id,
      context,
      aggregateId: id.slice(context.length + 1, id.lastIndexOf(':')),
      version,
      type: get('ce-type'),
      schemaVersion: Number(get('schema-version')),
      time: get('ce-time'),
      correlationId: get('correlation-id'),
      traceparent: get('traceparent'),
      data: JSON.parse(body),
    }
  } catch {
    return null
  }
}

const timeout = (ms: number) =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('NATS does not answer')), ms).unref()
  })
