import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { traffic } from './metrics.ts'

/** Status that is counted where the client did not wait for the answer. */
const clientGone = 499
/** How often a server that is stopping looks for connections that have nothing more to do, in milliseconds. */
const sweepEveryMs = 50
/** Who has just connected was about to ask something: so long is that waited for. */
const firstRequestWithinMs = 1_000

/** As long as somebody connects, the end is put off: who is connected and not accepted yet would be cut off. */
const quietMs = 100
const quietWithinMs = 2_000

/** The connections of one HTTP server and the requests on them. */
export type Connections = {
  /** Notes that a request is under way, and says to its client whether the connection stays. */
  enter(request: IncomingMessage, response: ServerResponse): void
  /** From now on each answer is the last one of its connection, also of those that are under way. */
  retire(): void
  /** Accepts no more connections; resolves when there is none left. */
  close(): Promise<void>
}

/**
 * Follows the connections of a server. None is closed under the hands of a client who uses it: it is told by
 * `Connection: close`, in the answer to its last request, and opens another one for the next. So is a connection that was
 * kept for about `maxAgeMs` (0 is for ever): otherwise clients would stay with the replicas that were there when they
 * connected, and a new one would have nothing to do.
 */
export function followConnections(server: Server, maxAgeMs: number): Connections {
  const underWay = new Set<ServerResponse>()
  /** By when they are old; zero of those that have asked nothing yet. */
  const oldAt = new Map<Socket, number>()
  let retiring = false
  let connectedAt = Number.NEGATIVE_INFINITY

  server.on('connection', (socket: Socket) => {
    oldAt.set(socket, 0)
    connectedAt = performance.now()
    socket.once('close', () => oldAt.delete(socket))
  })

  async function quiet() {
    const until = performance.now() + quietWithinMs
    while (Math.min(connectedAt + quietMs, until) > performance.now()) await delay(sweepEveryMs)
  }

  function isOld(socket: Socket): boolean {
    const at = oldAt.get(socket)
    if (at) return performance.now() > at
    // Those that were opened at one moment do not all come again at another one.
    oldAt.set(socket, maxAgeMs > 0 ? performance.now() + maxAgeMs * (0.8 + 0.4 * Math.random()) : Infinity)
    return false
  }

  function leave(response: ServerResponse) {
    underWay.delete(response)
    traffic.underWay -= 1
    const status = response.writableFinished ? response.statusCode : clientGone
    traffic.answered.set(status, (traffic.answered.get(status) ?? 0) + 1)
  }

  return {
    enter({ socket }, response) {
      underWay.add(response)
      traffic.underWay += 1
      response.once('close', () => leave(response))
      if (isOld(socket) || retiring) response.setHeader('connection', 'close')
    },
    retire() {
      retiring = true
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close')
    },
    async close() {
      await quiet()
      const { promise, resolve } = Promise.withResolvers<void>()
      const since = performance.now()
      // A connection becomes idle later where the head of its last answer was sent before anybody knew that it is the last.
      const sweep = setInterval(() => {
        server.closeIdleConnections()
        if (performance.now() - since < firstRequestWithinMs) return
        for (const [socket, at] of oldAt) if (at === 0 && socket.bytesRead === 0) socket.destroy()
      }, sweepEveryMs)
      server.close(() => {
        clearInterval(sweep)
        resolve()
      })
      await promise
    },
  }
}
