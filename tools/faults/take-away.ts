import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, headers as newHeaders } from 'nats'
import { backAgain } from './crash-points.ts'
import type { Edit } from './preload.ts'
import type { Stage } from './stage.ts'

/** Restarts processes without a guard: their code is read with these edits; with none, as it is. */
export async function restartWith(stage: Stage, processes: readonly string[], edits: readonly Edit[]) {
  const file = join(stage.system.record.dataDir, `edits-${processes.join('-')}.json`)
  writeFileSync(file, JSON.stringify(edits))
  for (const process of processes) {
    stage.tell(process, { TAKEN_AWAY: file })
    await stage.system.stop(process)
    await stage.system.start(process)
    await backAgain(stage, process)
  }
}

/** Publishes the first event of an aggregate once more, behind all others and as if it were new to the stream. */
export async function deliverAgain(stage: Stage, context: string, aggregateId: string): Promise<void> {
  const nats = await connect({ servers: stage.system.record.nats })
  try {
    const subject = `${context}.${aggregateId}`
    const consumer = await nats.jetstream().consumers.get(context.toUpperCase(), { filterSubjects: subject })
    const message = await consumer.next({ expires: 5_000 })
    if (!message) throw new Error(`the stream has no ${subject}`)
    const headers = newHeaders()
    for (const [name, values] of message.headers ?? []) {
      if (!name.startsWith('Nats-')) for (const value of values) headers.append(name, value)
    }
    await nats.jetstream().publish(subject, message.data, { headers })
  } finally {
    await nats.close()
  }
}
