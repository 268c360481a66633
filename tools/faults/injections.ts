import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { connect } from 'nats'
import type { Random } from '../demo/random.ts'
import { republish } from '../events-republish.ts'
import { allReady, backAgain } from './crash-points.ts'
import type { Weather } from './proxy.ts'
import type { Line, Stage } from './stage.ts'

/** Something bad that happens to a running system, and what is done about it where an operator must. */
export type Fault = {
  readonly name: string
  /** Only what bookings do not need is hit: none may fail (I9). */
  readonly isolated?: boolean
  /** One injection, from its beginning to the end of its cause. */
  inject(stage: Stage, dice: Random): Promise<void>
}

const between = (dice: Random, from: number, to: number) => Math.floor(from + dice.next() * (to - from))

/** All processes of a subgraph, or the server of that name. */
const replicasOf = (stage: Stage, name: string) =>
  stage.system.processes
    .filter((process) => process.name.split('#')[0] === name)
    .map((process) => process.name)

const signal = (stage: Stage, process: string, what: NodeJS.Signals) => {
  try {
    stage.system.kill(process, what)
  } catch {
    // It is down already, and about to be started again.
  }
}

const killed = (name: string, isolated = false): Fault => ({
  name: `${name}: kill -9`,
  isolated,
  async inject(stage, dice) {
    const process = dice.one(replicasOf(stage, name))
    signal(stage, process, 'SIGKILL')
    await delay(50)
    await backAgain(stage, process)
  },
})

const frozen = (name: string, fromMs: number, toMs: number, isolated = false): Fault => ({
  name: `${name}: SIGSTOP for ${fromMs / 1000}-${toMs / 1000} s, SIGCONT`,
  isolated,
  async inject(stage, dice) {
    const process = dice.one(replicasOf(stage, name))
    signal(stage, process, 'SIGSTOP')
    await delay(between(dice, fromMs, toMs))
    signal(stage, process, 'SIGCONT')
    await stage.system.waitReady(process)
  },
})

const weather = (line: Line, what: Exclude<Weather, 'clear'>, isolated = false): Fault => ({
  name: `connections to ${line}: ${what}`,
  isolated,
  async inject(stage, dice) {
    for (const proxy of stage.line(line)) proxy.set(what)
    await delay(between(dice, 500, 4_000))
    for (const proxy of stage.line(line)) proxy.set('clear')
  },
})

const provider = (name: string, faults: object): Fault => ({
  name: `provider: ${name}`,
  async inject(stage, dice) {
    const control = new URL('/control', stage.system.record.paymentProvider ?? '')
    const body = JSON.stringify(faults)
    await fetch(control, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })
    await delay(between(dice, 1_000, 4_000))
    await fetch(control, { method: 'DELETE' })
  },
})

const supporting = ['notification', 'marketing', 'mypage']

async function withStreams(stage: Stage, work: (manager: StreamManager, names: string[]) => Promise<void>) {
  const nats = await connect({ servers: stage.system.record.nats })
  try {
    const manager = await nats.jetstreamManager()
    const names = (await manager.streams.list().next()).map(({ config }) => config.name)
    await work(manager, names)
  } finally {
    await nats.close()
  }
}
type StreamManager = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['jetstreamManager']>>

const republishAll = (stage: Stage) => {
  const { databases } = stage.system.record
  return republish(databases, Object.keys(databases))
}

const clockOff = (name: string, hours: number): Fault => ({
  name: `${name}: the clock of one replica ${Math.abs(hours)} h ${hours > 0 ? 'ahead' : 'behind'}`,
  async inject(stage, dice) {
    const process = dice.one(replicasOf(stage, name))
    for (const offset of [hours * 3_600_000, 0]) {
      stage.tell(process, { CLOCK_OFFSET_MS: String(offset) })
      signal(stage, process, 'SIGKILL')
      await delay(50)
      await backAgain(stage, process)
      if (offset !== 0) await delay(between(dice, 2_000, 6_000))
    }
  },
})

/** Every random fault, the most telling ones first. Times exceed the leases and time-outs of the services. */
export const faults: readonly Fault[] = [
  ...['book', 'payment', 'router', 'room'].map((name) => killed(name)),
  frozen('book', 5_000, 12_000),
  frozen('payment', 4_000, 12_000),
  provider('slow', { delayMs: 3_500 }),
  provider('answers late', { answerDelayMs: 3_500 }),
  provider('fails', { failRate: 0.7 }),
  provider('captures and loses the answer', { loseAnswers: true }),
  killed('postgres'),
  killed('nats', true),
  killed('redis', true),
  killed('mypage', true),
  killed('notification', true),
  killed('marketing', true),
  {
    name: 'NATS, Redis, notification, marketing and mypage down at once',
    isolated: true,
    async inject(stage, dice) {
      const names = ['nats', 'redis', ...supporting.flatMap((name) => replicasOf(stage, name))]
      await Promise.all(names.map((name) => stage.system.stop(name)))
      await delay(between(dice, 2_000, 6_000))
      await Promise.all(names.map((name) => stage.system.start(name)))
      await Promise.all(names.map((name) => stage.system.waitReady(name)))
    },
  },
  {
    name: 'Redis emptied',
    isolated: true,
    async inject(stage) {
      const redis = new Redis(stage.system.record.redis)
      await redis.flushall()
      redis.disconnect()
      await allReady(stage, 'mypage')
    },
  },
  {
    name: 'a stream deleted, then published again from the outboxes',
    isolated: true,
    async inject(stage, dice) {
      await withStreams(stage, async (manager, names) => void (await manager.streams.delete(dice.one(names))))
      await delay(between(dice, 500, 2_000))
      await republishAll(stage)
    },
  },
  {
    name: 'events delivered again, all at once: consumers begin anew',
    isolated: true,
    async inject(stage, dice) {
      await withStreams(stage, async (manager, names) => {
        const stream = dice.one(names)
        const consumers = await manager.consumers.list(stream).next()
        for (const { name, config } of consumers) {
          if (config.durable_name) await manager.consumers.delete(stream, name)
        }
      })
      await republishAll(stage)
      await delay(1_000)
    },
  },
  {
    name: 'events published in the wrong order',
    isolated: true,
    async inject(stage) {
      // What is unpublished now is given a place behind all others, newest first.
      for (const name of ['book', 'payment', 'room']) {
        await stage.sql(
          name,
          `WITH turned AS (DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox ORDER BY seq DESC LIMIT 20) RETURNING *)
           INSERT INTO outbox (event_id, context, aggregate_id, version, type, schema_version, data, correlation_id,
             traceparent, occurred_at)
           SELECT event_id, context, aggregate_id, version, type, schema_version, data, correlation_id, traceparent,
             occurred_at FROM turned ORDER BY version DESC, seq DESC`,
        )
      }
      await delay(500)
    },
  },
  frozen('mypage', 4_000, 10_000, true),
  frozen('notification', 4_000, 10_000, true),
  frozen('nats', 2_000, 8_000, true),
  frozen('redis', 2_000, 8_000, true),
  frozen('postgres', 2_000, 8_000),
  ...(['cut', 'mute', 'slow', 'trickle'] as const).flatMap((what) => [
    weather('postgres', what),
    weather('payment', what),
    weather('provider', what),
    weather('nats', what, true),
    weather('redis', what, true),
  ]),
  clockOff('book', 1),
  clockOff('book', -1),
  clockOff('payment', 1),
  clockOff('payment', -1),
  {
    name: 'rolling restart of book and payment',
    async inject(stage) {
      for (const name of ['book', 'payment'].flatMap((subgraph) => replicasOf(stage, subgraph))) {
        await stage.system.stop(name)
        await stage.system.start(name)
        await stage.system.waitReady(name)
      }
    },
  },
]
