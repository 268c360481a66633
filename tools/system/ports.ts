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
 * Ports that are `fixed` by name are given as they are.
 */
export function createPorts(dataDir: string, fixed: Record<string, number> = {}) {
  const file = join(dataDir, 'ports.json')
  const remembered = readPorts(file)
  const given = new Map<string, Promise<number>>()
  const reserved = new Set(Object.values(fixed))

  async function choose(name: string): Promise<number> {
    for (let port = remembered[name] ?? anyPort(); ; port = anyPort()) {
      if (reserved.has(port)) continue
      reserved.add(port)
      if (!(await isFree(port))) continue
      remembered[name] = port
      writeFileSync(file, JSON.stringify(remembered, null, 2))
      return port
    }
  }

  return async function portOf(name: string): Promise<number> {
    if (fixed[name] !== undefined) return fixed[name]
    const port = given.get(name) ?? choose(name)
    given.set(name, port)
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
