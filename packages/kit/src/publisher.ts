import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from 'nats'

/** Publishes in JetStream; resolves when the message is stored, or was already. */
export type Publisher = (subject: string, body: string, headers: MsgHdrs) => Promise<void>

type Waiting = { readonly until: number; readonly stored: PromiseWithResolvers<void> }

/**
 * A publisher with one inbox for all answers and one timer for all that wait for one: for each message the client
 * library's own makes a timer, three promises and an error with a trace, which costs as much as the message itself.
 */
export function createPublisher(nats: NatsConnection, withinMs: number): Publisher {
  const inbox = createInbox()
  /** By number, and so in the order in which their time is up. */
  const waiting = new Map<string, Waiting>()
  let last = 0
  let timer: NodeJS.Timeout | undefined

  nats.subscribe(`${inbox}.*`, {
    callback(error, message) {
      if (error) return
      const number = message.subject.slice(inbox.length + 1)
      const found = waiting.get(number)
      waiting.delete(number)
      const problem = problemOf(message)
      if (problem) found?.stored.reject(new Error(problem))
      else found?.stored.resolve()
    },
  })

  function giveUpLate() {
    timer = undefined
    for (const [number, { until, stored }] of waiting) {
      if (until > Date.now()) break
      waiting.delete(number)
      stored.reject(new Error('JetStream does not answer'))
    }
    watch()
  }

  function watch() {
    const [oldest] = waiting.values()
    if (oldest && !timer) timer = setTimeout(giveUpLate, Math.max(1, oldest.until - Date.now()))
  }

  return (subject, body, headers) => {
    last += 1
    const number = String(last)
    const stored = Promise.withResolvers<void>()
    nats.publish(subject, body, { headers, reply: `${inbox}.${number}` })
    waiting.set(number, { until: Date.now() + withinMs, stored })
    watch()
    return stored.promise
  }
}

/** What JetStream, or the server in its place, objects to. */
function problemOf(message: Msg): string | null {
  if (message.headers?.code === 503) return 'there is no such stream, or no JetStream'
  const { stream, error } = message.json<{ stream?: string; error?: { description?: string } }>()
  return stream ? null : (error?.description ?? 'JetStream answers nothing that is known')
}
