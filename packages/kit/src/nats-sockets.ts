import type { Socket } from 'node:net'
import { NodeTransport } from 'nats/lib/src/node_transport.js'

type Transport = { socket?: Socket }
const prototype = NodeTransport.prototype as unknown as { setupHandlers(this: Transport): void }
const setUp = prototype.setupHandlers
const ignored = () => undefined

/**
 * The client library (2.29.3) takes every listener from a socket before it destroys it. What was written after the server
 * had ended the connection fails a moment later, and an error that nobody hears ends the process. Importing this keeps one
 * listener there.
 */
prototype.setupHandlers = function () {
  setUp.call(this)
  const { socket } = this
  if (!socket) return
  const removeAll = socket.removeAllListeners.bind(socket)
  socket.removeAllListeners = (event) => {
    removeAll(event)
    return socket.on('error', ignored)
  }
}
