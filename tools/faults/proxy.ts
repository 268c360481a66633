import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * What becomes of the bytes: all pass; connections are cut; questions pass and answers are lost; all is late; answers
 * come drop by drop.
 */
export type Weather = 'clear' | 'cut' | 'mute' | 'slow' | 'trickle'

export type TcpProxy = { readonly port: number; set(weather: Weather): void; close(): void }

const lateMs = 300
const drop = { bytes: 64, everyMs: 20 }

/** A TCP proxy on a free port of 127.0.0.1 in front of `target`. */
export async function createProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let weather: Weather = 'clear'
  const cutAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  const server = createServer((client) => {
    if (weather === 'cut') return client.destroy()
    const upstream = connect(target.port, target.host)
    const pair = [client, upstream] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of pair) socket.setNoDelay(true).once('error', end).once('close', end)
    carry(client, upstream, (bytes) => (weather === 'slow' ? late(bytes) : whole(bytes)))
    carry(upstream, client, (bytes) => {
      if (weather === 'mute') return []
      if (weather === 'trickle') return drops(bytes)
      return weather === 'slow' ? late(bytes) : whole(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    set(next) {
      // After lost answers a connection is of no use to either side.
      if (next === 'cut' || weather === 'mute') cutAll()
      weather = next
    },
    close() {
      cutAll()
      server.close()
    },
  }
}

type Portion = { bytes: Buffer; afterMs: number }
const whole = (bytes: Buffer): Portion[] => [{ bytes, afterMs: 0 }]
const late = (bytes: Buffer): Portion[] => [{ bytes, afterMs: lateMs }]
const drops = (bytes: Buffer): Portion[] =>
  Array.from({ length: Math.ceil(bytes.length / drop.bytes) }, (_, index) => ({
    bytes: bytes.subarray(index * drop.bytes, (index + 1) * drop.bytes),
    afterMs: drop.everyMs,
  }))

/** Passes on what comes, in order, as `portions` says; the sender is held back meanwhile. */
function carry(from: Socket, to: Socket, portions: (bytes: Buffer) => Portion[]): void {
  from.on('data', async (bytes) => {
    from.pause()
    for (const portion of portions(bytes)) {
      if (portion.afterMs > 0) await delay(portion.afterMs)
      if (!to.destroyed) to.write(portion.bytes)
    }
    from.resume()
  })
}
