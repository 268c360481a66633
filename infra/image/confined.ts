import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { USER } from './base.ts'
import type { Start } from './trial.ts'

const run = promisify(execFile)

type Config = { Entrypoint: string[]; Env: string[]; WorkingDir: string; User: string }

/** An image as it is run: its files, and how programs of it are started. */
export type Unpacked = { root: string; config: Config; close(): Promise<void> }

/** Unpacks an archive as a container runtime would. */
export async function unpack(archive: string): Promise<Unpacked> {
  const folder = await mkdtemp(join(tmpdir(), 'myhotel-unpacked-'))
  const root = join(folder, 'root')
  await mkdir(root)
  await run('tar', ['--extract', '--file', archive, '--directory', folder])
  const [manifest] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  for (const layer of manifest.Layers)
    await run('tar', [
      '--extract',
      '--preserve-permissions',
      '--file',
      join(folder, layer),
      '--directory',
      root,
    ])
  const { config } = JSON.parse(await readFile(join(folder, manifest.Config), 'utf8'))
  return { root, config, close: () => rm(folder, { recursive: true, force: true }) }
}

/**
 * Starts programs of an unpacked image by runc, as a cluster with Pod Security "restricted" does: nothing can be written, no
 * capability, no new privileges, nobody's user. They share the network of this machine, for the stores that they try.
 *
 * @param writable folders that are in memory, and can be written to
 */
export async function confined({ root, config }: Unpacked, writable: readonly string[] = []): Promise<Start> {
  const bundles = join(root, '..', 'bundles')
  await mkdir(bundles)
  await run('runc', ['spec', '--bundle', bundles])
  const spec = JSON.parse(await readFile(join(bundles, 'config.json'), 'utf8'))
  const nothing = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] }
  return (args, env) => {
    const id = `myhotel-${randomUUID()}`
    const bundle = join(bundles, id)
    const own = {
      ...spec,
      root: { path: root, readonly: true },
      mounts: [...spec.mounts, ...writable.map(inMemory)],
      process: {
        ...{ ...spec.process, terminal: false, cwd: config.WorkingDir, capabilities: nothing },
        ...{ user: { uid: USER, gid: USER }, noNewPrivileges: true },
        args: [...config.Entrypoint, ...args],
        env: [...config.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
      },
      linux: {
        ...spec.linux,
        namespaces: spec.linux.namespaces.filter(({ type }: { type: string }) => type !== 'network'),
      },
    }
    mkdirSync(bundle)
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(own))
    return spawn('runc', ['run', '--bundle', bundle, id], { stdio: ['ignore', 'pipe', 'pipe'] })
  }
}

const inMemory = (destination: string) => ({
  ...{ destination, type: 'tmpfs', source: 'tmpfs' },
  options: ['nosuid', 'nodev', 'noexec', 'mode=1777'],
})
