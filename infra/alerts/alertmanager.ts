import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { eventually } from '../proof/eventually.ts'

/** A running Alertmanager, at `host:port`. */
export type Alertmanager = { readonly address: string; stop(): Promise<void> }

/** Starts an Alertmanager that tells `webhook` of every alert by itself, and when it is over. */
export async function startAlertmanager(
  program: string,
  folder: string,
  webhook: string,
): Promise<Alertmanager> {
  const address = `127.0.0.1:${await freePort()}`
  const file = join(folder, 'alertmanager.yaml')
  const config = {
    route: {
      ...{ receiver: 'webhook', group_by: ['...'] },
      ...{ group_wait: '1s', group_interval: '1s', repeat_interval: '12h' },
    },
    receivers: [{ name: 'webhook', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  }
  await writeFile(file, JSON.stringify(config))
  const log = openSync(join(folder, 'alertmanager.log'), 'a')
  const child = spawn(
    program,
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', log, log], detached: true },
  )
  await eventually(
    'Alertmanager answers',
    30_000,
    async () => (await fetch(`http://${address}/-/ready`).catch(() => null))?.ok === true,
  )
  return { address, stop: () => end(child) }
}

async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
