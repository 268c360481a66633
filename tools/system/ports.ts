import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/**
 * Where we look for free ports: below the range from which the kernel gives ports to outgoing connections, so
 * that a port stays free while its server is being started again.
 */
const LOWEST = 20_000
const HIGHEST = 32_000

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/**
 * Gives out free ports of 127.0.0.1 by name. The same name gets the same port again, also when the system of
 * this data directory is started anew (bookmarks and tokens stay valid), unless somebody else has it by then.
 */
export function createPorts(dataDir: string) {
  const file = join(dataDir, 'ports.json')
  const remembered = readPorts(file)
  const given = new Map<string, number>()

  return async function portOf(name: string): Promise<number> {
    const known = given.get(name)
    if (known !== undefined) return known
    const taken = new Set(given.values())
    let port = remembered[name] ?? anyPort()
    given.set(name, port)
    while (taken.has(port) || !(await isFree(port))) {
      port = anyPort()
      given.set(name, port)
    }
    writeFileSync(file, JSON.stringify({ ...remembered, ...Object.fromEntries(given) }, null, 2))
    return port
  }
}

export type Ports = ReturnType<typeof createPorts>

const anyPort = () => LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))

function readPorts(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
  } catch {
    return {}
  }
}
