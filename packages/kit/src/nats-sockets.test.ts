import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { connect } from 'nats'
import { expect, test } from 'vitest'
import './nats-sockets.ts'

const info = { server_id: 'x', version: '2.9.0', proto: 1, max_payload: 1_048_576, headers: true }

test('what is written to a server that has ended the connection is no error that nobody hears', async () => {
  const arrived = Promise.withResolvers<Socket>()
  const server = createServer((socket) => {
    socket.write(`INFO ${JSON.stringify(info)}\r\n`)
    socket.on('data', (data) => {
      if (data.includes('PING')) socket.write('PONG\r\n')
    })
    socket.on('error', () => undefined)
    arrived.resolve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const nats = await connect({ servers: `127.0.0.1:${port}`, reconnect: false })
  const errors: unknown[] = []
  const hear = (error: unknown) => errors.push(error)
  process.prependListener('uncaughtException', hear)
  const { transport } = (nats as unknown as { protocol: { transport: Transport } }).protocol
  // As it comes about: the connection is ended, something is published, and the transport closes, all in one turn.
  transport.socket.end()
  transport.send(new TextEncoder().encode('PING\r\n'))
  void transport.close()
  ;(await arrived.promise).destroy()
  await nats.closed()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('uncaughtException', hear)
  server.close()
  expect(errors).toEqual([])
})

type Transport = { socket: Socket; send(frame: Uint8Array): void; close(): Promise<void> }
