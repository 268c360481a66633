/**
 * A part of a service with a life of its own: a database, the bus, the HTTP server, a consumer, a worker.
 * Parts are started in the order in which they are listed and stopped in the reverse order.
 */
export type Part = {
  readonly name: string
  /** The service can do its work without this part: how it is is told, but decides nothing. */
  readonly optional?: boolean
  /** Connections that this part may have open at a time, at most. */
  readonly connections?: { readonly postgres?: number; readonly nats?: number; readonly redis?: number }
  start?(service: Health): Promise<void>
  /** Rejects, saying why, while the service cannot do its work for the lack of this part. */
  ready?(): Promise<void>
  /** The service will stop soon: whoever sends it work is told to send the next elsewhere, and is served until then. */
  drain?(): void
  /** Takes in nothing more from outside; resolves when what was taken in is done. All parts do, before any is stopped. */
  finish?(): Promise<void>
  stop?(): Promise<void>
}

/** How the parts of a service are. */
export type Health = {
  /** Each part by name: 'ok', or why it is not; as it was found within the last second, and in two seconds at most. */
  check(): Promise<{ ready: boolean; parts: Record<string, string> }>
}

/** A part refuses to start, for a reason that somebody has to mend first; the message is the whole of what is told. */
export class StartRefused extends Error {}
