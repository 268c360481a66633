import type { Redis } from 'ioredis'
import type { Construction, Outcome, PageStore, Step } from '../application/ports.ts'
import type { Write } from '../views/write.ts'

/** Renewed with every batch; who builds and falls silent for so long is taken for dead. */
const leaseMs = 15_000
const scanCount = 1_000

/**
 * My Page in Redis. Each generation has its own keys, `rm:<generation>:…`: `booking:<id>` and `room:<id>` (hashes),
 * the lists (sorted sets, score = time), `versions` (hash: what has been applied of each aggregate),
 * `early:<aggregate>` (hash: steps set aside) and `about`. `rm:active` names the generation that is read, `rm:next`
 * the one that is being built, `rm:generations` all whose keys are there.
 */
export function createPageStore(redis: Redis): PageStore {
  const apply = (step: Step, keepEarly: boolean, building: string) => {
    const change = JSON.stringify({ at: step.at, commands: step.writes.map(toCommand) })
    return redis.applyStep(step.aggregate, step.version, change, keepEarly ? 1 : 0, building)
  }

  function construction(generation: string): Construction {
    const hold = (what: '' | 'activate' | 'abandon') => redis.holdGeneration(generation, leaseMs, what)
    return {
      async fill(steps) {
        await Promise.all([hold(''), ...steps.map((step) => apply(step, true, generation))])
      },
      async missing() {
        const active = await redis.get('rm:active')
        if (!active) return 0
        let missing = 0
        for await (const entries of redis.hscanStream(`rm:${active}:versions`, { count: scanCount })) {
          const [names, versions] = unzip(entries as string[])
          if (names.length === 0) continue
          const reached = await redis.hmget(`rm:${generation}:versions`, ...names)
          missing += versions.filter((version, index) => Number(version) > Number(reached[index] ?? 0)).length
          await hold('')
        }
        return missing
      },
      async activate() {
        await hold('activate')
      },
      async abandon() {
        await hold('abandon')
      },
    }
  }

  return {
    apply: async (step, keepEarly) => (await apply(step, keepEarly, '')) as Outcome,
    async begin() {
      // A name that none has had before, also not before the store was emptied.
      const generation = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`
      const server = await runId(redis)
      const begun = await redis.beginGeneration(generation, leaseMs, server, Date.now())
      return begun === 1 ? construction(generation) : null
    },
    async state() {
      const { active, generations, next } = await pointers(redis)
      if (!active) return { built: false, restarted: false, leftovers: false }
      const server = await redis.hget(`rm:${active}:about`, 'server')
      const leftovers = generations.some((generation) => generation !== active && generation !== next)
      return { built: true, restarted: server !== (await runId(redis)), leftovers }
    },
    async accept() {
      const { active } = await pointers(redis)
      if (active) await redis.hset(`rm:${active}:about`, 'server', await runId(redis))
    },
    async sweep() {
      const { active, next, generations } = await pointers(redis)
      for (const generation of generations) {
        if (generation === active || generation === next) continue
        for await (const keys of redis.scanStream({ match: `rm:${generation}:*`, count: scanCount })) {
          const found = keys as string[]
          if (found.length > 0) await redis.unlink(...found)
        }
        await redis.srem('rm:generations', generation)
      }
    },
  }
}

function toCommand(write: Write): string[] {
  switch (write.kind) {
    case 'set':
      return ['HSET', write.record, ...Object.entries(write.fields).flat()]
    case 'put':
      return ['ZADD', write.list, String(write.at), write.id]
    case 'drop':
      return ['ZREM', write.list, write.id]
  }
}

/** The pointers at one moment. */
async function pointers(redis: Redis) {
  const replies = await redis.multi().get('rm:active').get('rm:next').smembers('rm:generations').exec()
  const [active, next, generations] = (replies ?? []).map(([error, value]) => {
    if (error) throw error
    return value
  })
  return {
    active: (active ?? null) as string | null,
    next: (next ?? null) as string | null,
    generations: (generations ?? []) as string[],
  }
}

/** Names this run of the server: another after each restart and on each other server. */
async function runId(redis: Redis): Promise<string> {
  return /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1] ?? ''
}

function unzip(entries: readonly string[]): [string[], string[]] {
  const names = entries.filter((_, index) => index % 2 === 0)
  const values = entries.filter((_, index) => index % 2 === 1)
  return [names, values]
}
