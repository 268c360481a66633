import { type ConsumerMessages, connect, type NatsConnection } from 'nats'
import type { Consumption, Delivery, Envelope } from './envelope.ts'
import { tracedPublish } from './event-spans.ts'
import { countConsumer } from './figures.ts'
import {
  ensureConsumer,
  handOut,
  readStream,
  streamOf,
  subjectToken,
  toHeaders,
  unprocessedBy,
} from './jetstream.ts'
import type { Logger } from './logger.ts'
import { loop } from './loop.ts'
import { natsOptions } from './nats-options.ts'
import './nats-sockets.ts'
import { createPublisher, type Publisher } from './publisher.ts'
import type { Part } from './service.ts'
import { ensureStream, type StreamState } from './streams.ts'

export type { Consumption, Delivery, Envelope, Verdict } from './envelope.ts'

/** JetStream as the services use it. This file and those for it (jetstream.ts, streams.ts, nats-options.ts, nats-sockets.ts, publisher.ts) know the client library; nobody else does. */
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
  /** Removes a context's stream with all its events; the next to publish or consume makes it anew. */
  remove(context: string): Promise<void>
}

const waitForStoreMs = 5_000
const connectWithinMs = 2_000
/** How soon a stream of which JetStream keeps fewer or more copies than it should is looked at again. */
const copiesAgainMs = 60_000

/**
 * Connects in the background and for ever, to whichever of the servers answers: a service starts and answers while NATS
 * is away, its outbox waits. The first time that it uses a stream it has JetStream keep as many copies of it as `replicas`
 * says; left open, one where it is made, and else as many as there are. Once, so that services that are told different
 * numbers do not contend: who started last has said it.
 */
export function createBus(options: {
  /** See nats-options.ts. */
  url: string
  replicas?: number
  name: string
  log: Logger
}): Bus {
  const { log } = options
  const server = natsOptions(options.url)
  let connecting: Promise<NatsConnection> | undefined
  let publisher: Publisher | undefined
  const streams = new Map<string, Promise<Publisher>>()
  /** Contexts whose streams have been told how many copies they are to have. */
  const settled = new Set<string>()

  function connection(): Promise<NatsConnection> {
    connecting ??= connect({
      ...server,
      name: options.name,
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      pingInterval: 10_000,
      // A trace of who asked, for each event that is published, cost a fifth of publishing it.
      noAsyncTraces: true,
      maxPingOut: 2,
      // While credentials are changed, servers may refuse for a while those that are right in a moment.
      ignoreAuthErrorAbort: true,
    }).catch((error: unknown) => {
      connecting = undefined
      throw error
    })
    return connecting
  }

  /** The connection, or an error where there is none yet: whoever waited for ever could not be stopped. */
  const client = () => Promise.race([connection(), timeout(connectWithinMs)])

  /** What publishes, once the context's stream is known to be there, of as many copies as wanted where that can be. */
  function stream(context: string): Promise<Publisher> {
    let ready = streams.get(context)
    if (!ready) {
      ready = client().then(async (nats) => {
        const wanted = { copies: options.replicas, changed: !settled.has(context) }
        settle(context, await ensureStream(nats, context, wanted))
        publisher ??= createPublisher(nats, waitForStoreMs)
        return publisher
      })
      streams.set(context, ready)
      ready.catch(() => streams.delete(context))
    }
    return ready
  }

  function settle(context: string, { copies, refusal }: StreamState) {
    settled.add(context)
    if (!refusal) return
    const wanted = options.replicas
    log.warn(
      { stream: streamOf(context), copies, wanted, refusal },
      `NATS keeps ${copies} and not ${wanted} copies of a stream (NATS_REPLICAS): ${refusal}. What is there is used.`,
    )
    const again = () => {
      settled.delete(context)
      streams.delete(context)
      stream(context).catch(() => undefined)
    }
    setTimeout(again, copiesAgainMs).unref()
  }

  return {
    name: 'nats',
    connections: { nats: 1 },
    async start() {
      connection().catch((error: unknown) => log.error({ err: error }, 'NATS connection given up'))
    },
    async ready() {
      const nats = await Promise.race([client(), timeout(500)])
      await Promise.race([nats.flush(), timeout(1_000)])
    },
    async stop() {
      const nats = await Promise.race([client(), timeout(200)]).catch(() => undefined)
      await nats?.close()
    },
    publish: (event) =>
      tracedPublish(event, async (sent) => {
        const publish = await stream(sent.context)
        try {
          const subject = `${sent.context}.${subjectToken(sent.aggregateId)}`
          await publish(subject, JSON.stringify(sent.data), toHeaders(sent))
        } catch (error) {
          // The stream may be gone (a wiped disk): look again, and make it anew, next time.
          streams.delete(sent.context)
          throw error
        }
      }),
    consume(consumption) {
      let messages: ConsumerMessages | undefined
      let uncount: (() => void) | undefined
      const { durable: consumer, context } = consumption
      const unprocessed = async () => unprocessedBy(await client(), consumption)
      const following = loop({
        name: `${consumption.durable} of ${consumption.context}`,
        everyMs: 200,
        log,
        async work(signal, comeRound) {
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
            await handOut(messages, consumption, log, comeRound)
          } finally {
            signal.removeEventListener('abort', close)
            streams.delete(consumption.context)
          }
        },
      })
      return {
        ...following,
        async start(service) {
          uncount = countConsumer({ consumer, context, unprocessed })
          await following.start?.(service)
        },
        async stop() {
          uncount?.()
          await following.stop?.()
        },
      }
    },
    async replay(context, onEvent, fromSequence = 1) {
      await stream(context)
      return readStream(await client(), context, fromSequence, onEvent)
    },
    async remove(context) {
      const { streams: all } = await (await client()).jetstreamManager()
      await all.delete(streamOf(context))
      streams.delete(context)
    },
  }
}

const timeout = (ms: number) =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('NATS does not answer')), ms).unref()
  })
