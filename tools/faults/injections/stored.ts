import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { connect, type JetStreamManager } from 'nats'
import { republish } from '../../events-republish.ts'
import type { Stage } from '../stage.ts'
import { between, type Fault } from './fault.ts'

async function withStreams(
  stage: Stage,
  work: (manager: JetStreamManager, names: string[]) => Promise<void>,
) {
  const nats = await connect({ servers: stage.system.record.nats })
  try {
    const manager = await nats.jetstreamManager()
    const names = (await manager.streams.list().next()).map(({ config }) => config.name)
    await work(manager, names)
  } finally {
    await nats.close()
  }
}

export const redisEmptied: Fault = {
  name: 'Redis emptied',
  async inject(stage) {
    const redis = new Redis(stage.system.record.redis)
    await redis.flushall()
    redis.disconnect()
  },
}

const streamDeleted: Fault = {
  name: 'a stream deleted, then published again from its outbox',
  async inject(stage, dice) {
    await withStreams(stage, async (manager, names) => {
      const stream = dice.one(names)
      await manager.streams.delete(stream)
      await delay(between(dice, 500, 2_000))
      await republish(stage.system.record.databases, [stream.toLowerCase()])
    })
  },
}

const olderCopy: Fault = {
  name: 'the streams put back to an older copy, then published again from then on',
  async inject(stage, dice) {
    const { system } = stage
    const store = join(system.record.dataDir, 'nats')
    const copy = `${store}.older`
    const replaceAll = async (from: string, to: string) => {
      await system.stop('nats')
      for (const entry of await readdir(to).catch(() => [])) await rm(join(to, entry), { recursive: true })
      await cp(from, to, { recursive: true, preserveTimestamps: true })
      system.start('nats')
      await system.waitReady('nats')
    }
    const taken = new Date()
    await replaceAll(store, copy)
    await delay(between(dice, 1_000, 3_000))
    await replaceAll(copy, store)
    await delay(between(dice, 0, 2_000))
    await republish(system.record.databases, undefined, taken)
  },
}

const deliveredAgain: Fault = {
  name: 'events delivered again, all at once: the consumers of a stream begin anew',
  inject: (stage, dice) =>
    withStreams(stage, async (manager, names) => {
      const stream = dice.one(names)
      const consumers = await manager.consumers.list(stream).next()
      for (const { name, config } of consumers) {
        if (config.durable_name) await manager.consumers.delete(stream, name)
      }
      await delay(500)
    }),
}

const wrongOrder: Fault = {
  name: 'events published in the wrong order',
  async inject(stage) {
    // The latest are given a place behind all others, newest first, and wait to be published.
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
}

export const streamFaults: readonly Fault[] = [streamDeleted, olderCopy, deliveredAgain, wrongOrder]
