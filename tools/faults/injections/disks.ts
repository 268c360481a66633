import { execFile } from 'node:child_process'
import { chown, mkdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Stage } from '../stage.ts'
import { between, type Fault } from './fault.ts'

const run = promisify(execFile)

const roomy = 8 * 2 ** 30
/** What a server has left when its disk is said to be full. */
const crumbs = 4 * 1024

const diskOf = (stage: Stage, server: string) => join(stage.system.record.dataDir, `${server}.disk`)

/** Gives a server's data a disk of their own, in memory, whose size can be changed. Only root can do that. */
async function onDiskOfItsOwn(stage: Stage, server: string): Promise<void> {
  const folder = join(stage.system.record.dataDir, server)
  const disk = diskOf(stage, server)
  await mkdir(disk)
  await mount(stage, disk, '-t', 'tmpfs', '-o', `size=${roomy},mode=700`, 'myhotel-faults', disk)
  const { uid, gid } = await stat(folder)
  await chown(disk, uid, gid)
  await stage.system.stop(server)
  await run('cp', ['-a', `${folder}/.`, disk])
  await mount(stage, folder, '--bind', disk, folder)
  await stage.system.start(server)
  await stage.system.waitReady(server)
}

async function mount(stage: Stage, at: string, ...how: string[]): Promise<void> {
  await run('mount', how)
  stage.atClose(() => run('umount', ['--lazy', at]))
}

const resize = (disk: string, bytes: number) => run('mount', ['-o', `remount,size=${bytes}`, disk])

/** Takes away the room that is left. Where more is written meanwhile than that, it is tried again. */
async function fill(disk: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { blocks, bfree, bsize } = await statfs(disk)
    try {
      await resize(disk, (blocks - bfree) * bsize + crumbs)
      return
    } catch (error) {
      if (tries === 20) throw error
    }
  }
}

/** Waits until a server is back by itself, or by the launcher's doing. */
async function comesBack(stage: Stage, server: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await delay(200)) {
    const problem = await stage.system.waitReady(server, 2_000).catch((error: Error) => error)
    if (!problem) return
    if (Date.now() > deadline) throw problem
  }
}

/** PostgreSQL has made room for its log in advance: to feel a full disk at once, it has to use that up. */
const fillLog = (stage: Stage) =>
  stage
    .sql(
      'book',
      `SELECT pg_logical_emit_message(false, 'full', repeat('-', 4000000)) FROM generate_series(1, 50)`,
    )
    .catch(() => undefined)

/** A server's disk is full (ENOSPC) for a while. Nobody does anything but make room again. */
export const diskFull = (server: 'postgres' | 'nats'): Fault => ({
  name: `${server}: its disk is full`,
  async prepare(stage) {
    if (process.getuid?.() !== 0) return 'only root can give it a small disk'
    return onDiskOfItsOwn(stage, server).then(
      () => undefined,
      (error: Error) => error.message,
    )
  },
  async inject(stage, dice) {
    const disk = diskOf(stage, server)
    await fill(disk)
    if (server === 'postgres' && dice.next() < 0.5) await fillLog(stage)
    await delay(between(dice, 1_000, 4_000))
    await resize(disk, roomy)
    await comesBack(stage, server)
  },
})
