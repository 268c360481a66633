import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'

/** Sends operations of one account to the router. */
export type Caller = {
  /**
   * The `data` of the answer. What was not taken in, so that nothing was done, is sent again for a minute.
   * @throws NotAnswered where nothing can be told of the outcome; Refused where the answer has `errors`
   */
  ask<Data>(query: string, variables?: object): Promise<Data>
  /** As `ask`, for what may safely be sent again: it is, for a minute, until there is an answer. */
  askUntilAnswered<Data>(query: string, variables?: object): Promise<Data>
}

/** The public API as a client of the router sees it. */
export type Api = {
  /** As a development account, `guest1`. Its token is asked for once. */
  as(account: string): Caller
  close(): Promise<void>
}

/** No answer, or none that says what became of the request: lost connection, time-out, overload. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered'
}

/** The answer says that nothing was done. */
class NotTakenIn extends NotAnswered {}

/** The router answered with `errors`: wrong use of the API, or a fault. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

const answerWithinMs = 30_000
const persistForMs = 60_000

type Answer = {
  data?: unknown
  errors?: { message: string; path?: unknown[]; extensions?: { code?: string } }[]
}

/** Faults that pass, and leave open whether anything was done. */
const passing = new Set(['GATEWAY_TIMEOUT', 'BAD_GATEWAY', 'INTERNAL_SERVER_ERROR'])

/** A client of the router at `url`, which is where it takes GraphQL. */
export function createApi(options: {
  url: string
  token: (account: string) => Promise<string>
  /** Gives up all that is being asked. */
  signal?: AbortSignal
}): Api {
  const { origin, pathname } = new URL(options.url)
  const pool = new Pool(origin, { connections: 64, keepAliveTimeout: 30_000 })
  const tokens = new Map<string, Promise<string>>()

  function tokenOf(account: string): Promise<string> {
    const token = tokens.get(account) ?? options.token(account)
    tokens.set(account, token)
    return token
  }

  async function send(account: string, query: string, variables: object): Promise<unknown> {
    options.signal?.throwIfAborted()
    const authorization = `Bearer ${await tokenOf(account)}`
    let status: number
    let text: string
    try {
      const response = await pool.request({
        path: pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.any([
          AbortSignal.timeout(answerWithinMs),
          ...(options.signal ? [options.signal] : []),
        ]),
      })
      status = response.statusCode
      text = await response.body.text()
    } catch (error) {
      options.signal?.throwIfAborted()
      throw new NotAnswered(String(error), { cause: error })
    }
    if (status === 429) throw new NotTakenIn(text.slice(0, 300))
    return dataOf(parseAnswer(status, text))
  }

  async function persist(
    against: typeof NotAnswered,
    ...[account, query, variables]: Parameters<typeof send>
  ): Promise<unknown> {
    const deadline = Date.now() + persistForMs
    for (;;) {
      try {
        return await send(account, query, variables)
      } catch (error) {
        if (!(error instanceof against) || Date.now() > deadline) throw error
        await delay(500, undefined, { signal: options.signal })
      }
    }
  }

  return {
    as: (account) => ({
      ask: async (query, variables = {}) => (await persist(NotTakenIn, account, query, variables)) as never,
      askUntilAnswered: async (query, variables = {}) =>
        (await persist(NotAnswered, account, query, variables)) as never,
    }),
    close: () => pool.close(),
  }
}

function parseAnswer(status: number, text: string): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch (error) {
    throw new NotAnswered(`${status} ${text.slice(0, 300)}`, { cause: error })
  }
}

function dataOf({ data, errors }: Answer): unknown {
  const [first] = errors ?? []
  if (!first) return data
  const code = first.extensions?.code ?? ''
  const sentence = `${code} ${first.message} at ${first.path?.join('.') ?? 'the request'}`
  // Deeper in an answer it is about a detail of what was done.
  const ofRoot = (first.path?.length ?? 0) <= 1
  if (code === 'SERVICE_UNAVAILABLE' && ofRoot) throw new NotTakenIn(sentence)
  throw passing.has(code) ? new NotAnswered(sentence) : new Refused(sentence)
}

/** Runs `work` for each of `items`, at most `atATime` at once; the results in the order of the items. */
export async function mapAtATime<Item, Result>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next
      next += 1
      results[index] = await work(items[index] as Item, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker))
  return results
}
