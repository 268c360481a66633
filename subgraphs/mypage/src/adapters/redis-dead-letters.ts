import type { Redis } from 'ioredis'
import type { DeadLetters } from '../application/ports.ts'
import { letterId } from '../application/rebuild.ts'

/**
 * Where dead letters lie: a hash beside the generations, event id → JSON. `npm run dead-letters` reads it, and
 * asks for another try by giving letters a `retryRequestedAt`.
 */
const key = 'mypage:dead-letters'

type Letter = {
  subject: string
  envelope: unknown
  error: string
  diedAt: string
  retryRequestedAt: string | null
}

export function createDeadLetters(redis: Redis): DeadLetters {
  return {
    async bury(message, error) {
      const letter: Letter = {
        subject: message.subject,
        envelope: message.envelope ?? message.body,
        error: error.slice(0, 4_000),
        diedAt: new Date().toISOString(),
        retryRequestedAt: null,
      }
      await redis.hset(key, letterId(message), JSON.stringify(letter))
    },
    ids: () => redis.hkeys(key),
    async remove(ids) {
      if (ids.length > 0) await redis.hdel(key, ...ids)
    },
    async takeRetryRequest() {
      const letters = Object.entries(await redis.hgetall(key)).map(
        ([id, text]) => [id, JSON.parse(text) as Letter] as const,
      )
      const requested = letters.filter(([, letter]) => letter.retryRequestedAt !== null)
      for (const [id, letter] of requested) {
        await redis.hset(key, id, JSON.stringify({ ...letter, retryRequestedAt: null }))
      }
      return requested.length > 0
    },
  }
}
