import { readRedisUrl } from '@myhotel/kit/redis-url'
import { Redis } from 'ioredis'
import type { Withheld } from './databases.ts'
import { withoutText } from './without-text.ts'

const key = 'mypage:dead-letters'

/** Blanks the fields of events that My Page could not use. Answers how many carried text. */
export async function eraseFromPageLetters(
  url: string,
  withheld: readonly Withheld[],
  apply: boolean,
): Promise<number> {
  const redis = new Redis(readRedisUrl(url))
  try {
    let events = 0
    for (const [id, text] of Object.entries(await redis.hgetall(key))) {
      const letter = JSON.parse(text)
      const data = withoutText(letter.envelope, withheld)
      if (!data) continue
      events += 1
      const erased = { ...letter, envelope: { ...letter.envelope, data } }
      if (apply) await redis.hset(key, id, JSON.stringify(erased))
    }
    return events
  } finally {
    redis.disconnect()
  }
}
