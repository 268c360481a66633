import { type HttpAnswer, longestAnswer } from '@myhotel/kit/graphql-answer'
import { NeverSent } from '@myhotel/kit/never-sent'
import type { Pool } from 'undici'

type Headers = Readonly<Record<string, string | string[] | undefined>>

export type Posting = {
  readonly headers: string[]
  readonly body: string
  readonly signal: AbortSignal
  /** How long the whole answer may take, the wait for a connection included. */
  readonly withinMs: number
  /** How long it may take where the process shows meanwhile that it lives: then it is slow, not away. */
  readonly aliveWithinMs?: number
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
 * @throws NeverSent, TooLate, TooLong, other errors of undici's, or the signal's reason
 */
export function post(
  pool: Pool,
  path: string,
  posting: Posting,
  isAlive: () => Promise<boolean>,
): Promise<HttpAnswer> {
  const { headers, body, signal, withinMs, aliveWithinMs = withinMs } = posting
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
    let ended = false
    const expire = (afterMs: number) => {
      if (!ended) giveUp(new TooLate(`no whole answer within ${afterMs} ms`))
    }
    // What has arrived already is read first: on a busy machine it may be the router that is late.
    const expireIn = (inMs: number, afterMs: number) => setTimeout(() => setImmediate(expire, afterMs), inMs)
    let timer: NodeJS.Timeout
    const lookHalfway = () => {
      timer = expireIn(withinMs / 2, withinMs)
      void isAlive().then((alive) => {
        if (!alive || ended) return
        clearTimeout(timer)
        timer = expireIn(aliveWithinMs - withinMs / 2, aliveWithinMs)
      })
    }
    if (aliveWithinMs > withinMs) timer = setTimeout(lookHalfway, withinMs / 2)
    else timer = expireIn(withinMs, withinMs)
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
          reject(cancel ? error : new NeverSent(error))
        },
      },
    )
  })
}
