import { type ChildProcess, spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { flawOf } from '../../tools/system/ports.ts'
import { type Place, pinned } from './cores.ts'

/** Processes that the benchmark starts, each held to its place, with its output in a file. */
export type Children = {
  /** Starts a program and gives its process id. */
  start(name: string, place: Place, command: readonly string[], env?: NodeJS.ProcessEnv): number
  /** Waits until `isReady`; fails when the program of this name has ended. */
  ready(name: string, isReady: () => Promise<boolean>): Promise<void>
  stop(): Promise<void>
}

export function createChildren(logs: string): Children {
  const children = new Map<string, ChildProcess>()
  const logOf = (name: string) => join(logs, `${name}.log`)
  const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

  return {
    start(name, place, command, env = {}) {
      const [program = '', ...args] = pinned(place, command)
      const log = openSync(logOf(name), 'a')
      const child = spawn(program, args, {
        stdio: ['ignore', log, log],
        cwd: logs,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      })
      children.set(name, child)
      if (child.pid === undefined) throw new Error(`${program} could not be started`)
      return child.pid
    },
    async ready(name, isReady) {
      const deadline = Date.now() + 60_000
      const child = children.get(name)
      while (!(await isReady().catch(() => false))) {
        if (!child || ended(child) || Date.now() > deadline)
          throw new Error(`${name} did not start, see ${logOf(name)}`)
        await delay(50)
      }
    },
    async stop() {
      const left = [...children.values()].filter((child) => !ended(child))
      await Promise.all(
        left.map(async (child) => {
          const gone = new Promise((resolve) => child.once('exit', resolve))
          child.kill()
          const force = setTimeout(() => child.kill('SIGKILL'), 5_000)
          await gone
          clearTimeout(force)
        }),
      )
    },
  }
}

/** Different free ports of 127.0.0.1. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if ((await flawOf(port)) === null) ports.add(port)
  }
  return [...ports]
}
