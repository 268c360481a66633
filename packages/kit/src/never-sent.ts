/**
 * A request failed before any byte of it was written to a connection. The other side cannot have acted on it, so it may be
 * sent to another replica, even if it is a mutation. `code` is that of the cause, such as ECONNREFUSED.
 */
export class NeverSent extends Error {
  override readonly name = 'NeverSent'
  readonly code: string | undefined
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    const { code } = (cause ?? {}) as { code?: unknown }
    this.code = typeof code === 'string' ? code : undefined
  }
}

/** Whether a request failed before anything of it was sent. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof NeverSent
}
