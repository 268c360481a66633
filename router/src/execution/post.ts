import { type HttpAnswer, longestAnswer } from '@myhotel/kit/graphql-answer'
import type { Pool } from 'undici'

type Headers = Readonly<Record<string, string | string[] | undefined>>

export type Posting = {
  readonly headers: string[]
  readonly body: string
  readonly signal: AbortSignal
  /** How long the whole answer may take, the wait for a connection included. */
  readonly withinMs: number
  /** Told as soon as they arrive, whatever becomes of the rest. */
  onHeaders(headers: Headers): void
}

/** Not all of the answer came in the time that was given. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** The answer has more bytes than any has a reason to have. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}

/**
 * Posts a body and reads the answer, by the dispatcher's own interface: no stream is made of an answer that is
 * parsed as a whole, which is most of what a small fetch costs otherwise. Redirects are answers like others, and nothing is
 * decompressed.
 * @throws undici's errors, TooLate, TooLong, or the signal's reason
 */
export function post(pool: Pool, path: string, posting: Posting): Promise<HttpAnswer> {
  const { headers, body, signal, withinMs } = posting
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const chunks: Buffer[] = []
    let length = 0
    let status = 0
    let type = ''
    let cancelled: Error | undefined
    let cancel: ((reason: Error) => void) | undefined
    const giveUp = (reason: Error) => {
      cancelled = reason
      reject(reason)
      cancel?.(reason)
    }
    const abort = () => giveUp(signal.reason)
    const expire = () => {
      if (!ended) giveUp(new TooLate(`no whole answer within ${withinMs} ms`))
    }
    // What has arrived already is read first: on a busy machine it may be the router that is late.
    const timer = setTimeout(() => setImmediate(expire), withinMs)
    let ended = false
    const end = () => {
      ended = true
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    signal.addEventListener('abort', abort)

    pool.dispatch(
      { path, method: 'POST', headers, body },
      {
        onRequestStart(controller) {
          // It may have waited for a connection for longer than anybody waits for the answer.
          if (cancelled) controller.abort(cancelled)
          cancel = (reason) => controller.abort(reason)
        },
        onResponseStart(_controller, code, told) {
          status = code
          type = String(told['content-type'] ?? '')
          posting.onHeaders(told)
        },
        onResponseData(_controller, chunk) {
          length += chunk.length
          if (length > longestAnswer) giveUp(new TooLong(`more than ${longestAnswer} bytes`))
          else chunks.push(chunk)
        },
        onResponseEnd() {
          end()
          const [first] = chunks
          resolve({ status, type, bytes: first && chunks.length === 1 ? first : Buffer.concat(chunks) })
        },
        onResponseError(_controller, error) {
          end()
          reject(error)
        },
      },
    )
  })
}
