import type { Dispatcher, Pool } from 'undici'
import { type HttpAnswer, longestAnswer } from './graphql-answer.ts'
import { NeverSent } from './never-sent.ts'

/** A request whose answer is wanted as a whole. */
export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** Nothing, or not all, came in the time that was given, or it had no end; what became of the request is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/**
 * Sends a request and reads its answer, all of it within `withinMs`, also the wait for a connection. It goes by the
 * dispatcher's own interface, with a timer in place of a signal: no stream is made of an answer that is read as a whole,
 * and nothing is left to go off when the answer has long been there.
 * @throws NeverSent, NoAnswer, or undici's errors
 */
export function fetchText(pool: Pool, request: HttpRequest, withinMs: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    let status = 0
    let type = ''
    let under: Dispatcher.DispatchController | undefined
    let givenUp: NoAnswer | undefined
    let isOver = false
    const giveUp = (why: string) => {
      clearTimeout(timer)
      givenUp = new NoAnswer(why)
      reject(givenUp)
      under?.abort(givenUp)
    }
    // A loop that stood still runs its timers before it reads: what has come meanwhile is read first.
    const late = () => !isOver && giveUp(`no answer within ${withinMs} ms`)
    const timer = setTimeout(() => setImmediate(late), withinMs)

    pool.dispatch(request, {
      onRequestStart(controller) {
        // It may have waited for a connection for longer than anybody waits for the answer.
        if (givenUp) controller.abort(givenUp)
        under = controller
      },
      onResponseStart(_controller, code, { 'content-type': told }) {
        status = code
        type = String(told ?? '')
      },
      onResponseData(_controller, chunk) {
        length += chunk.length
        if (length > longestAnswer) giveUp(`an answer of more than ${longestAnswer} bytes`)
        else chunks.push(chunk)
      },
      onResponseEnd() {
        isOver = true
        clearTimeout(timer)
        const [first] = chunks
        resolve({ status, type, bytes: first && chunks.length === 1 ? first : Buffer.concat(chunks) })
      },
      onResponseError(_controller, error) {
        isOver = true
        clearTimeout(timer)
        reject(under ? error : new NeverSent(error))
      },
    })
  })
}
