import { Client } from 'undici'
import { lookupOnce } from './lookup.ts'
import type { Outcome } from './outcomes.ts'

/** `data` of a whole answer; otherwise what was wrong with it. */
export type Answer =
  | { readonly data: Record<string, unknown> }
  | { readonly data: null; readonly outcome: Outcome }

/**
 * One kept connection to the router, as a browser or an app has it. Nothing is ever sent again by itself: what is lost is
 * counted.
 */
export type Connection = {
  ask(token: string, query: string, variables: object): Promise<Answer>
  close(): Promise<void>
}

/** What all connections saw. */
export type Seen = {
  connections: number
  /** Answers that said that the connection ends with them. */
  closes: number
}

const answerWithinMs = 30_000
const connectWithinMs = 5_000

export function openConnection(url: URL, seen: Seen): Connection {
  const client = new Client(url.origin, {
    pipelining: 1,
    keepAliveTimeout: 60_000,
    headersTimeout: answerWithinMs,
    bodyTimeout: answerWithinMs,
    connect: { timeout: connectWithinMs, lookup: lookupOnce },
  })
  client.on('connect', () => {
    seen.connections += 1
  })
  return {
    async ask(token, query, variables) {
      try {
        const { statusCode, headers, body } = await client.request({
          path: url.pathname,
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ query, variables }),
        })
        if (headers.connection === 'close') seen.closes += 1
        return understand(statusCode, await body.text())
      } catch (error) {
        return failed(causeOf(error))
      }
    },
    close: () => client.close(),
  }
}

const failed = (cause: string): Answer => ({ data: null, outcome: { is: 'failed', cause } })

type Body = {
  data?: Record<string, unknown> | null
  errors?: { message: string; path?: unknown[]; extensions?: { code?: string } }[]
}

/** An answer of GraphQL counts only if it is whole: errors about a detail of it are failures as well. */
export function understand(status: number, text: string): Answer {
  let body: Body
  try {
    body = JSON.parse(text) as Body
  } catch {
    return failed(`${status} ${text.slice(0, 80)}`)
  }
  const [first] = body.errors ?? []
  if (first) {
    const where = first.path?.filter((step) => typeof step === 'string').join('.') ?? 'request'
    return failed(`${status} ${first.extensions?.code ?? first.message.slice(0, 80)} at ${where}`)
  }
  if (status !== 200 || !body.data) return failed(`${status} without data`)
  return { data: body.data }
}

/** A short name of what went wrong with a connection: the same for the same fault, so that it can be counted. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return code === 'UND_ERR_SOCKET' ? `${code} ${error.message}` : (code ?? error.message)
}
