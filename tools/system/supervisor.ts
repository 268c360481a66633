import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { end, identify, type ProcessIdentity, send, standBack } from './os-process.ts'
import type { ProcessEntry } from './record.ts'

/** A process to be kept running. */
export type ProcessSpec = Pick<
  ProcessEntry,
  'name' | 'kind' | 'url' | 'smtpUrl' | 'managementUrl' | 'stopSignal'
> & {
  command: readonly string[]
  env: NodeJS.ProcessEnv
  cwd: string
  log: string
  /** Whether it does its work now; a rejection counts as no. */
  isReady: () => Promise<boolean>
  /** It may stand still for ever without ending: once it has been ready, it is asked again and again, and ended. */
  mayHang?: boolean
  /** What has it end at once where SIGKILL would leave its own children behind. */
  quitSignal?: NodeJS.Signals
  /** How far it stands back while others want the processor, see `standBack`; not at all unless told. */
  niceness?: number
}

export type Supervised = ReturnType<typeof supervise>

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000
/** Who lived this long has recovered: the next death is a first one. */
const RECOVERED_MS = 10_000
const STOP_WITHIN_MS = 10_000
/** Who may hang is asked this often, and ended when it did not answer so many times in a row. */
const ASKED_EVERY_MS = 2_000
const SILENT_TIMES = 3

/**
 * Keeps one process running: when it ends by itself it is started again, at once at first, then with growing
 * pauses. Each process leads a process group of its own, so that Ctrl-C in the terminal reaches only the
 * launcher, which stops things in order.
 *
 * @param changed called, synchronously, after each change of the entry
 * @param notice told in a sentence of what an operator should know
 */
export function supervise(spec: ProcessSpec, changed: () => void, notice: (line: string) => void) {
  let wanted = false
  let child: ChildProcess | null = null
  let identity: ProcessIdentity | null = null
  let startedAt = 0
  let pauseMs = FIRST_PAUSE_MS
  let deathsBeforeReady = 0
  let restarts = 0
  let hasBeenReady = false
  let timer: NodeJS.Timeout | undefined

  function launch(): void {
    const log = openSync(spec.log, 'a', 0o600)
    const [command = '', ...args] = spec.command
    // What it writes is for its owner only.
    const umask = process.umask(0o077)
    const started = spawn(command, args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', log, log],
    })
    process.umask(umask)
    closeSync(log)
    child = started
    startedAt = Date.now()
    hasBeenReady = false
    identity = started.pid === undefined ? null : identify(started.pid)
    if (identity && spec.niceness) standBack(identity.pid, spec.niceness)
    started.once('error', (error) => onEnd(started, error.message))
    started.once('exit', (code, signal) => onEnd(started, signal ? `signal ${signal}` : `exit code ${code}`))
    if (spec.mayHang) void watch(started)
    changed()
  }

  async function isReady(): Promise<boolean> {
    const ready = child !== null && (await spec.isReady().catch(() => false))
    hasBeenReady ||= ready
    return ready
  }

  /** Ends a process that has been ready and does not answer any more; then it is started again. */
  async function watch(watched: ChildProcess): Promise<void> {
    let silent = 0
    while (child === watched) {
      const answers = await isReady()
      silent = answers || !hasBeenReady ? 0 : silent + 1
      if (silent === SILENT_TIMES && child === watched) {
        notice(`${spec.name} does not answer any more and is killed`)
        watched.kill('SIGKILL')
      }
      await delay(ASKED_EVERY_MS, undefined, { ref: false })
    }
  }

  function onEnd(ended: ChildProcess, reason: string): void {
    if (child !== ended) return
    child = null
    identity = null
    if (wanted) {
      if (Date.now() - startedAt >= RECOVERED_MS) pauseMs = FIRST_PAUSE_MS
      deathsBeforeReady += 1
      restarts += 1
      notice(`${spec.name} died (${reason}); it is started again in ${pauseMs} ms. Its log: ${spec.log}`)
      timer = setTimeout(launch, pauseMs)
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
    changed()
  }

  return {
    spec,

    entry(): ProcessEntry {
      const { name, kind, url, smtpUrl, managementUrl, stopSignal, log } = spec
      const state = child ? 'running' : wanted ? 'waiting' : 'stopped'
      const { pid = null, started = null } = identity ?? {}
      return { name, kind, state, pid, started, url, smtpUrl, managementUrl, restarts, log, stopSignal }
    },

    /** Starts it, and again whenever it ends, until `stop`. */
    start(): void {
      if (wanted) return
      wanted = true
      pauseMs = FIRST_PAUSE_MS
      deathsBeforeReady = 0
      launch()
    },

    /** Ends it in order, by force after 10 s, and leaves it down. */
    async stop(): Promise<void> {
      wanted = false
      clearTimeout(timer)
      const ending = child
      if (ending && identity) {
        const gone = new Promise((resolve) => ending.once('exit', resolve))
        const inOrder = await end(identity, spec.stopSignal ?? 'SIGTERM', STOP_WITHIN_MS)
        await gone
        if (!inOrder) notice(`${spec.name} did not stop within ${STOP_WITHIN_MS / 1000} s and was killed`)
      }
      changed()
    },

    /** Has it end at once, in whatever state, for who cannot wait for `stop`; that resolves then, too. */
    quit(): void {
      wanted = false
      clearTimeout(timer)
      if (child?.pid !== undefined) send(child.pid, spec.quitSignal ?? 'SIGKILL')
    },

    /** Sends a signal as somebody outside would; who dies of it is started again. False if it is down. */
    kill: (signal: NodeJS.Signals): boolean => child?.pid !== undefined && send(child.pid, signal),

    /**
     * Waits until it does its work.
     * @throws with the end of its log, after `withinMs` or when it died three times without coming so far; with the
     *   reason of `signal`
     */
    async waitReady(withinMs: number, signal?: AbortSignal): Promise<void> {
      const deadline = Date.now() + withinMs
      for (;;) {
        signal?.throwIfAborted()
        if (await isReady()) {
          deathsBeforeReady = 0
          return
        }
        const problem =
          deathsBeforeReady >= 3
            ? 'dies again and again'
            : Date.now() > deadline
              ? `is not ready after ${Math.round(withinMs / 1000)} s`
              : null
        if (problem) throw new Error(`${spec.name} ${problem}. The end of ${spec.log}:\n${tail(spec.log)}`)
        await delay(50)
      }
    },
  }
}

function tail(file: string): string {
  if (!existsSync(file)) return ''
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n')
}
