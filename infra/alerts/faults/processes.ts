import { setTimeout as delay } from 'node:timers/promises'
import type { Fault, Stage } from './fault.ts'

/** A process is stopped, as if its node had gone, until it is started again. */
const stopped = (name: string, what: string, alerts: readonly string[]): Fault => ({
  what,
  alerts,
  async inject({ system }) {
    await system.stop(name)
    return async () => {
      await system.start(name)
      await system.waitReady(name)
    }
  },
})

/** Does something again and again until it is to end, and ends what it has begun. */
function again(work: (ended: AbortSignal) => Promise<void>) {
  const ended = new AbortController()
  const working = (async () => {
    while (!ended.signal.aborted) await work(ended.signal)
  })()
  return async () => {
    ended.abort()
    await working
  }
}

const pause = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => undefined)

/** A process gets the processor for a fifth of the time only. */
const starved = ({ system }: Stage, name: string) =>
  again(async (ended) => {
    system.kill(name, 'SIGSTOP')
    await pause(1_600, ended)
    system.kill(name, 'SIGCONT')
    await pause(400, ended)
  })

export const processFaults = {
  nats: stopped('nats', 'NATS is stopped', ['OutboxWaits', 'StoreAway']),
  mail: stopped('mail-catcher', 'The mail server is stopped', ['DeliveriesWait']),
  starved: {
    what: 'servicecenter is given the processor for a fifth of the time (SIGSTOP, SIGCONT)',
    alerts: ['EventLoopLate'],
    inject: async (stage) => starved(stage, 'servicecenter'),
  },
  killed: {
    what: 'mypage is killed (SIGKILL) as soon as it is ready again, four times',
    alerts: ['ServiceRestarts'],
    async inject({ system }) {
      for (let time = 0; time < 4; time += 1) {
        system.kill('mypage')
        await delay(1_000)
        await system.waitReady('mypage')
        // Prometheus has to have seen it in between.
        await delay(5_000)
      }
      return async () => undefined
    },
  },
  payment: {
    what: 'payment stands still (SIGSTOP) while guests book',
    alerts: ['ServiceDown', 'AttemptsStuck', 'ReconciliationStopped'],
    async inject({ system }) {
      system.kill('payment', 'SIGSTOP')
      return async () => system.kill('payment', 'SIGCONT')
    },
  },
} satisfies Record<string, Fault>
