import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/**
 * Where we look for free ports: below the range from which the kernel gives ports to outgoing connections, so
 * that a port stays free while its server is being started again.
 */
const LOWEST = 20_000
const HIGHEST = 32_000

/** Why no server can listen on this port of 127.0.0.1 now, in words; null when one can. */
export function flawOf(port: number): Promise<string | null> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE') return resolve(`Port ${port} is taken by another program`)
      if (code === 'EACCES')
        return resolve(`Port ${port} is not for ordinary users (those below 1024 are root's)`)
      resolve(`Port ${port} cannot be used (${message})`)
    })
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(null)))
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
      if ((await flawOf(port)) !== null) continue
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
