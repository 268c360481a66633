import type { Dispatcher, Pool } from 'undici'

/** A request whose answer is wanted as a whole. */
export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** An answer that was read to its end. */
export type HttpAnswer = { readonly status: number; readonly text: string }

/** Nothing, or not all, came in the time that was given; what became of the request is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/**
 * Sends a request and reads its answer, all of it within `withinMs`, also the wait for a connection. It goes by the
 * dispatcher's own interface, with a timer in place of a signal: no stream is made of an answer that is read as a whole,
 * and nothing is left to go off when the answer has long been there.
 * @throws undici's errors, or NoAnswer
 */
export function fetchText(pool: Pool, request: HttpRequest, withinMs: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let status = 0
    let under: Dispatcher.DispatchController | undefined
    let late: NoAnswer | undefined
    const timer = setTimeout(() => {
      late = new NoAnswer(`no answer within ${withinMs} ms`)
      reject(late)
      under?.abort(late)
    }, withinMs)

    pool.dispatch(request, {
      onRequestStart(controller) {
        // It may have waited for a connection for longer than anybody waits for the answer.
        if (late) controller.abort(late)
        under = controller
      },
      onResponseStart(_controller, code) {
        status = code
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        clearTimeout(timer)
        const [first] = chunks
        const bytes = first && chunks.length === 1 ? first : Buffer.concat(chunks)
        resolve({ status, text: bytes.toString() })
      },
      onResponseError(_controller, error) {
        clearTimeout(timer)
        reject(error)
      },
    })
  })
}
