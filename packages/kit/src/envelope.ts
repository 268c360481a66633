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

/** A durable subscription. All replicas of a consumer share the durable name: one goes on where another has ended. */
export type Consumption = {
  readonly context: string
  readonly durable: string
  /** How many aggregates are worked on at a time. */
  readonly concurrency: number
  handle(delivery: Delivery): Promise<Verdict>
}
