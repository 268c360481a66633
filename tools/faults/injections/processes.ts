import { setTimeout as delay } from 'node:timers/promises'
import { allReady, backAgain } from '../crash-points.ts'
import type { Stage } from '../stage.ts'
import { between, type Fault, replicasOf, signal } from './fault.ts'

async function killAndWait(stage: Stage, process: string) {
  signal(stage, process, 'SIGKILL')
  await delay(50)
  await backAgain(stage, process)
}

export const killed = (name: string): Fault => ({
  name: `${name}: kill -9`,
  inject: (stage, dice) => killAndWait(stage, dice.one(replicasOf(stage, name))),
})

export const frozen = (name: string, fromMs: number, toMs: number): Fault => ({
  name: `${name}: SIGSTOP for ${fromMs / 1000}-${toMs / 1000} s, SIGCONT`,
  async inject(stage, dice) {
    const process = dice.one(replicasOf(stage, name))
    signal(stage, process, 'SIGSTOP')
    await delay(between(dice, fromMs, toMs))
    signal(stage, process, 'SIGCONT')
    await stage.system.waitReady(process)
  },
})

/** Stopped for longer than any lease, request time-out and ack wait: when it wakes, others have done its work. */
export const overslept = (name: string): Fault => frozen(name, 12_000, 16_000)

export const clockOff = (name: string, hours: number): Fault => ({
  name: `${name}: the clock of one replica ${Math.abs(hours)} h ${hours > 0 ? 'ahead' : 'behind'}`,
  async inject(stage, dice) {
    const process = dice.one(replicasOf(stage, name))
    stage.tell(process, { CLOCK_OFFSET_MS: String(hours * 3_600_000) })
    await killAndWait(stage, process)
    await delay(between(dice, 1_000, 4_000))
    stage.tell(process, { CLOCK_OFFSET_MS: '0' })
    await killAndWait(stage, process)
  },
})

const notNeededByBookings = ['nats', 'redis', 'notification', 'marketing', 'mypage']

export const allSupportingDown: Fault = {
  name: 'NATS, Redis, notification, marketing and mypage down at once',
  async inject(stage, dice) {
    const names = notNeededByBookings.flatMap((name) => replicasOf(stage, name))
    await Promise.all(names.map((name) => stage.system.stop(name)))
    await delay(between(dice, 1_000, 4_000))
    await Promise.all(names.map((name) => stage.system.start(name)))
    await Promise.all(notNeededByBookings.map((name) => allReady(stage, name)))
  },
}
