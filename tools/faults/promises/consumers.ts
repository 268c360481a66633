import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'nats'
import type { Stage } from '../stage.ts'

/** What JetStream says of the durable consumers, by the subgraph whose they are. */
export type Consumers = Awaited<ReturnType<typeof openConsumers>>

const restWithinMs = 120_000

export async function openConsumers(stage: Stage) {
  const nats = await connect({ servers: stage.system.record.nats })
  const manager = await nats.jetstreamManager()
  const streams = (await manager.streams.list().next()).map(({ config }) => config.name)

  /** Events that a consumer has not finished. */
  async function waiting(name: string): Promise<number> {
    const infos = await Promise.all(
      streams.map((stream) => manager.consumers.info(stream, name).catch(() => undefined)),
    )
    return infos.reduce((sum, info) => sum + (info ? info.num_pending + info.num_ack_pending : 0), 0)
  }

  async function until(done: () => Promise<boolean>, what: string) {
    const deadline = Date.now() + restWithinMs
    while (!(await done())) {
      if (Date.now() > deadline) throw new Error(`${what} takes longer than ${restWithinMs / 1_000} s`)
      await delay(100)
    }
  }

  return {
    waiting,
    /** Waits until these have finished all events. */
    rest: (names: readonly string[]) =>
      until(async () => (await Promise.all(names.map(waiting))).every((left) => left === 0), 'catching up'),
    /** Waits until all that was announced is in the streams. */
    published: () =>
      until(async () => {
        const counts = Object.keys(stage.system.record.databases).map((name) =>
          stage.sql<{ open: number }>(
            name,
            'SELECT count(*)::int AS open FROM outbox WHERE published_at IS NULL',
          ),
        )
        return (await Promise.all(counts)).every(([row]) => row?.open === 0)
      }, 'publishing'),
    /** Takes streams away, as if their disk had been lost. */
    async lose() {
      for (const stream of streams) await manager.streams.delete(stream)
    },
    close: () => nats.close(),
  }
}
