import { contexts, type StartOfDay } from '../views/project.ts'
import type { Construction, DeadLetters, Message, PageStore, Step, Streams } from './ports.ts'
import { emptyStepOf, stepOf } from './steps.ts'

/** How a rebuild ended. `incomplete`: the streams lack events that the active page has; it stays. */
export type Rebuilt =
  | { readonly kind: 'built'; readonly events: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'incomplete'; readonly missing: number }

export type Progress = { readonly done: number; readonly total: number }

const batchSize = 500

/**
 * Builds My Page anew from all that was ever published, while the old one is read: fills a new generation from the
 * streams' beginning, compares it with the active one and takes its place. Events that come meanwhile are applied
 * to both (PageStore.apply), and those that came before are in the streams, so that none is left out; versions make
 * it harmless that some are met twice. It also gives all dead letters another try.
 */
export async function rebuild(
  world: { store: PageStore; streams: Streams; deadLetters: DeadLetters; startOfDay: StartOfDay },
  options: { acceptMissing?: boolean; onProgress?: (progress: Progress) => void } = {},
): Promise<Rebuilt> {
  const { store, streams, deadLetters, startOfDay } = world
  const construction = await store.begin()
  if (!construction) return { kind: 'busy' }
  try {
    const formerLetters = await deadLetters.ids()
    const buried = new Set<string>()
    const bury = async (message: Message, error: unknown) => {
      buried.add(letterId(message))
      await deadLetters.bury(message, String(error))
    }
    const seen = new Map<string, Progress>()
    await Promise.all(
      contexts.map((context) =>
        fillFrom(context, { streams, construction, startOfDay, bury }, (progress) => {
          seen.set(context, progress)
          options.onProgress?.(sumOf(seen))
        }),
      ),
    )
    const missing = await construction.missing()
    if (missing > 0 && !options.acceptMissing) {
      await construction.abandon()
      return { kind: 'incomplete', missing }
    }
    await construction.activate()
    await deadLetters.remove(formerLetters.filter((id) => !buried.has(id)))
    return { kind: 'built', events: sumOf(seen).done }
  } catch (error) {
    await construction.abandon().catch(() => undefined)
    throw error
  }
}

/** Names a message among the dead letters: by its event, or by its place in the stream. */
export const letterId = ({ envelope, subject, sequence }: Message) => envelope?.id ?? `${subject}#${sequence}`

async function fillFrom(
  context: string,
  world: {
    streams: Streams
    construction: Construction
    startOfDay: StartOfDay
    bury(message: Message, error: unknown): Promise<void>
  },
  onProgress: (progress: Progress) => void,
): Promise<void> {
  let steps: Step[] = []
  let done = 0
  const flush = async (pending: number) => {
    const batch = steps
    steps = []
    await world.construction.fill(batch)
    done += batch.length
    onProgress({ done, total: done + pending })
  }
  const take = async (message: Message) => {
    const { envelope } = message
    if (!envelope) return world.bury(message, 'not an event')
    try {
      steps.push(stepOf(envelope, world.startOfDay))
    } catch (error) {
      await world.bury(message, error)
      steps.push(emptyStepOf(envelope))
    }
  }
  await world.streams.replay(context, async (message) => {
    await take(message)
    if (steps.length >= batchSize) await flush(message.pending)
  })
  await flush(0)
}

function sumOf(parts: ReadonlyMap<string, Progress>): Progress {
  const all = [...parts.values()]
  return {
    done: all.reduce((sum, { done }) => sum + done, 0),
    total: all.reduce((sum, { total }) => sum + total, 0),
  }
}
