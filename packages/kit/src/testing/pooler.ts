import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { testService } from '../testing.ts'

/**
 * Stands before the tests' PostgreSQL and does with the `options` of a connection what PgBouncer does: it refuses them,
 * or drops them where its configuration says that they are to be ignored. All else passes as it is.
 */
export async function startPooler(
  does: 'refuses' | 'drops',
): Promise<{ port: number; stop(): Promise<void> }> {
  const { hostname, port } = new URL(testService('POSTGRES'))
  const server = createServer((client) => {
    client.once('data', (startup) => {
      const parameters = readParameters(startup)
      if (does === 'refuses' && parameters.has('options')) return client.end(refusal)
      parameters.delete('options')
      const database = connect(Number(port), hostname, () => database.write(toStartup(parameters)))
      for (const [one, other] of [
        [client, database],
        [database, client],
      ] as [Socket, Socket][]) {
        one.pipe(other)
        one.on('error', () => other.destroy())
      }
    })
    client.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The parameters of a startup message: after its length and the protocol's version, names and values ended by zeros. */
function readParameters(message: Buffer): Map<string, string> {
  const words = message.subarray(8).toString().split('\0')
  const parameters = new Map<string, string>()
  for (let at = 0; words[at]; at += 2) parameters.set(words[at] ?? '', words[at + 1] ?? '')
  return parameters
}

function toStartup(parameters: ReadonlyMap<string, string>): Buffer {
  const words = [...parameters].flat().map((word) => `${word}\0`)
  const body = Buffer.from(`\0\x03\0\0${words.join('')}\0`)
  return Buffer.concat([lengthOf(body.length + 4), body])
}

const reason = 'SFATAL\0C08P01\0Munsupported startup parameter: options\0\0'
const refusal = Buffer.concat([Buffer.from('E'), lengthOf(reason.length + 4), Buffer.from(reason)])

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes)
  return length
}
