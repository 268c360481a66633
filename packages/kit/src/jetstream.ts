import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  headers,
  type JsMsg,
  type NatsConnection,
  nanos,
  ReplayPolicy,
} from 'nats'
import type { Consumption, Delivery, Envelope } from './envelope.ts'
import { tracedDelivery } from './event-spans.ts'
import { recordEventDelay } from './figures.ts'
import type { Logger } from './logger.ts'
import type { ComeRound } from './loop.ts'

/** A message that a consumer neither finished nor gave back in this time is handed out again. */
const ackWaitMs = 10_000
const replayBatch = 1_000
/** Longer than a batch may be worked on. */
const readerForgottenMs = 300_000
const readerAttempts = 8

/** Stream of a context, `BOOK`; it holds the subjects `book.*`. */
export const streamOf = (context: string) => context.toUpperCase()

/** An id as one token of a subject: whatever may not stand there is encoded. */
export const subjectToken = (id: string) =>
  /^[\w-]+$/.test(id) ? id : `_${Buffer.from(id).toString('base64url')}`

/** Makes the durable consumer unless it is there. */
export async function ensureConsumer(nats: NatsConnection, { context, durable }: Consumption) {
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

/** How many of a context's events a consumer is not done with: not handed out, or handed out and not confirmed. */
export async function unprocessedBy(
  nats: NatsConnection,
  { context, durable }: Consumption,
): Promise<number> {
  const { consumers } = await nats.jetstreamManager()
  const { num_pending, num_ack_pending } = await consumers.info(streamOf(context), durable)
  return num_pending + num_ack_pending
}

/**
 * Hands messages to the consumer: one after another within an aggregate, several aggregates at a time. It comes round
 * with every sign of the server's, one in five seconds at least, and no later than when the oldest of what is under way
 * was begun.
 */
export async function handOut(
  messages: ConsumerMessages,
  { context, durable, concurrency, handle }: Consumption,
  log: Logger,
  comeRound: ComeRound,
) {
  const lastOf = new Map<string, Promise<void>>()
  /** With when it was begun; the oldest is the first. */
  const underWay = new Map<Promise<void>, number>()
  const tellRound = () => {
    const [oldest] = underWay.values()
    comeRound(oldest)
  }
  void followSigns(messages, tellRound)
  for await (const message of messages) {
    tellRound()
    const { subject } = message
    const delivery = toDelivery(context, message)
    const turn = (lastOf.get(subject) ?? Promise.resolve())
      .then(() => tracedDelivery(durable, delivery, handle))
      .then((verdict) => {
        if (verdict === 'done') confirm(message, delivery, durable)
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
    underWay.set(turn, performance.now())
    if (underWay.size >= concurrency) await Promise.race(underWay.keys())
  }
  await Promise.all(underWay.keys())
}

function confirm(message: JsMsg, { envelope }: Delivery, durable: string) {
  message.ack()
  if (envelope) recordEventDelay((Date.now() - Date.parse(envelope.time)) / 1_000, durable, envelope.context)
}

/** What the client library tells of its asking for messages: each request ends after five seconds, and is renewed. */
async function followSigns(messages: ConsumerMessages, onSign: () => void) {
  for await (const _ of await messages.status()) onSign()
}

/** Hands over a context's messages from a sequence to what is stored now; answers where to go on. */
export async function readStream(
  nats: NatsConnection,
  context: string,
  fromSequence: number,
  onMessage: (delivery: Delivery) => Promise<void> | void,
): Promise<number> {
  const { streams } = await nats.jetstreamManager()
  const stored = async () => (await streams.info(streamOf(context))).state
  const { first_seq, last_seq: end } = await stored()
  let next = Math.max(fromSequence, first_seq)
  // The stream may be lost and made anew meanwhile: then what is left to read ends sooner.
  while (next <= Math.min(end, (await stored()).last_seq)) {
    const reader = await openReader(nats, context, next)
    try {
      next = await readInOrder(reader, context, { next, end }, onMessage)
    } finally {
      await reader.delete().catch(() => undefined)
    }
  }
  return next
}

/**
 * A consumer of nobody else's, in memory. JetStream gives it to one of the servers that have the stream, and old versions
 * (2.9) also to one that is away; then nobody answers, and the next try gets another one. The client library's ordered
 * consumer tries by itself, for minutes.
 */
async function openReader(nats: NatsConnection, context: string, from: number): Promise<Consumer> {
  const { consumers } = await nats.jetstreamManager()
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { name } = await consumers.add(streamOf(context), {
        ...{ ack_policy: AckPolicy.None, mem_storage: true, num_replicas: 1 },
        ...{ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from },
        inactive_threshold: nanos(readerForgottenMs),
      })
      return await nats.jetstream().consumers.get(streamOf(context), name)
    } catch (error) {
      if (attempt === readerAttempts) throw error
    }
  }
}

/** Answers where to go on: behind the end, or earlier where the client library dropped something, or was not answered. */
async function readInOrder(
  reader: Consumer,
  context: string,
  { next, end }: { next: number; end: number },
  onMessage: (delivery: Delivery) => Promise<void> | void,
): Promise<number> {
  let isFirst = true
  while (next <= end) {
    const messages = await takeBatch(reader, Math.min(replayBatch, end - next + 1))
    if (messages.length === 0) break
    for (const message of messages) {
      if (!isFirst && message.seq !== next) return next
      isFirst = false
      await onMessage(toDelivery(context, message))
      next = message.seq + 1
    }
  }
  return next
}

/**
 * Takes a batch before any of it is worked on: a fetch of the client library ends when its time is up, and drops
 * what it has received and not handed over by then.
 */
async function takeBatch(reader: Consumer, count: number): Promise<JsMsg[]> {
  const messages: JsMsg[] = []
  for await (const message of await reader.fetch({ max_messages: count, expires: 5_000 }))
    messages.push(message)
  return messages
}

/** An event's attributes as CloudEvents' headers, and our own; by the first the stream knows what it has already. */
export function toHeaders(event: Envelope) {
  const carried = headers()
  carried.append('Nats-Msg-Id', event.id)
  carried.append('ce-specversion', '1.0')
  carried.append('ce-id', event.id)
  carried.append('ce-source', `/myhotel/${event.context}`)
  carried.append('ce-type', event.type)
  carried.append('ce-time', event.time)
  carried.append('ce-subject', subjectToken(event.aggregateId))
  carried.append('content-type', 'application/json')
  carried.append('schema-version', String(event.schemaVersion))
  carried.append('aggregate-version', String(event.version))
  carried.append('correlation-id', event.correlationId)
  carried.append('traceparent', event.traceparent)
  return carried
}

export function toDelivery(context: string, message: JsMsg): Delivery {
  const body = message.string()
  return {
    envelope: toEnvelope(context, (name) => message.headers?.get(name), body),
    subject: message.subject,
    body,
    attempt: message.info.redeliveryCount,
    sequence: message.seq,
    pending: message.info.pending,
  }
}

/** The event that a message is, by its headers and its body; null where it is none of ours. */
export function toEnvelope(
  context: string,
  header: (name: string) => string | undefined,
  body: string,
): Envelope | null {
  const get = (name: string) => header(name) ?? ''
  const id = get('ce-id')
  const version = Number(get('aggregate-version'))
  if (!id || !Number.isInteger(version) || version < 1) return null
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
