import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where a server's program is; `npm test` looks for them, installs what is missing where it can, and says so. */
export function testProgram(name: 'NATS_SERVER' | 'REDIS_SERVER' | 'PGBOUNCER'): string {
  const path = process.env[`TEST_${name}`]
  if (!path) throw new Error(`TEST_${name} is not set: run the tests by npm test`)
  return path
}

/** Ports of 127.0.0.1 that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Servers of one test file, with a folder for what they keep; `stop` ends them and removes it. */
export async function testServers() {
  const folder = await mkdtemp(join(tmpdir(), 'myhotel-servers-'))
  const running = new Set<ChildProcess>()

  /** Starts a program; its end is not waited for. */
  function start(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { cwd: folder, stdio: 'ignore' })
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }

  /** Kills a server, or another signal; resolves when it has ended. */
  async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!running.has(child)) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  async function stop(): Promise<void> {
    await Promise.all([...running].map((child) => end(child)))
    await rm(folder, { recursive: true, force: true })
  }
  return { folder, start, end, stop }
}

export type TestServers = Awaited<ReturnType<typeof testServers>>
