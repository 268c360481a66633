import type { Pool } from 'undici'

/** An answer that was read to its end. */
export type HttpAnswer = { readonly status: number; readonly text: string }

type Headers = Readonly<Record<string, string | string[] | undefined>>

export type Posting = {
  readonly headers: string[]
  readonly body: string
  readonly signal: AbortSignal
  /** Told as soon as they arrive, whatever becomes of the rest. */
  onHeaders(headers: Headers): void
}

/**
 * Posts a body and reads the answer, by the dispatcher's own interface: no stream is made of an answer that is
 * parsed as a whole, which is most of what a small fetch costs otherwise.
 * @throws undici's errors, or the signal's reason
 */
export function post(pool: Pool, path: string, posting: Posting): Promise<HttpAnswer> {
  const { headers, body, signal } = posting
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const chunks: Buffer[] = []
    let status = 0
    let cancel: ((reason: Error) => void) | undefined
    const abort = () => {
      reject(signal.reason)
      cancel?.(signal.reason)
    }
    const end = () => signal.removeEventListener('abort', abort)
    signal.addEventListener('abort', abort)

    pool.dispatch(
      { path, method: 'POST', headers, body },
      {
        onRequestStart(controller) {
          // It may have waited for a connection for longer than anybody waits for the answer.
          if (signal.aborted) controller.abort(signal.reason)
          cancel = (reason) => controller.abort(reason)
        },
        onResponseStart(_controller, code, told) {
          status = code
          posting.onHeaders(told)
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk)
        },
        onResponseEnd() {
          end()
          const [first] = chunks
          const bytes = first && chunks.length === 1 ? first : Buffer.concat(chunks)
          resolve({ status, text: bytes.toString() })
        },
        onResponseError(_controller, error) {
          end()
          reject(error)
        },
      },
    )
  })
}
