import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { eventually } from '../testing.ts'
import { freePorts, type TestServers, testProgram } from './programs.ts'

/**
 * Three servers of Redis, one of them the master, and three sentinels that take two seconds to see that it is gone.
 * Answers the URL for clients, and the master's process.
 */
export async function startSentinels(servers: TestServers): Promise<{ url: string; master: ChildProcess }> {
  const program = testProgram('REDIS_SERVER')
  const ports = await freePorts(6)
  const [first = 0] = ports
  const start = async (port: number, lines: readonly string[], ...args: string[]) => {
    const config = join(servers.folder, `redis-${port}.conf`)
    // With a title Redis would overwrite its environment, by which a run finds what it left behind.
    const all = [`port ${port}`, 'bind 127.0.0.1', `dir ${servers.folder}`, 'set-proc-title no', ...lines]
    await writeFile(config, all.join('\n'))
    return servers.start(program, [config, ...args])
  }
  const password = ['requirepass secret', 'masterauth secret', 'save ""', 'repl-diskless-sync-delay 0']
  const [master] = await Promise.all([
    start(first, password),
    ...ports.slice(1, 3).map((port) => start(port, [...password, `replicaof 127.0.0.1 ${first}`])),
  ])
  if (!master) throw new Error('there is no master')
  const watch = [
    `sentinel monitor myhotel 127.0.0.1 ${first} 2`,
    'sentinel auth-pass myhotel secret',
    'sentinel down-after-milliseconds myhotel 2000',
    'sentinel failover-timeout myhotel 10000',
  ]
  await Promise.all(ports.slice(3).map((port) => start(port, watch, '--sentinel')))
  await Promise.all(ports.slice(3).map(knowsAll))
  const sentinels = ports.slice(3).map((port) => `127.0.0.1:${port}`)
  return { url: `redis+sentinel://:secret@${sentinels}/0?master=myhotel`, master }
}

/** Until a sentinel knows of both replicas and both other sentinels, it has nobody to promote and nobody to agree with. */
async function knowsAll(port: number): Promise<void> {
  const sentinel = new Redis({ host: '127.0.0.1', port })
  sentinel.on('error', () => undefined)
  await eventually(async () => {
    const known = await sentinel.call('SENTINEL', 'MASTER', 'myhotel')
    const figure = (name: string) => Array.isArray(known) && known[known.indexOf(name) + 1]
    return figure('num-slaves') === '2' && figure('num-other-sentinels') === '2'
  })
  sentinel.disconnect()
}
