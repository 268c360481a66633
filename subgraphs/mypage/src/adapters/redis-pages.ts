import type { Redis } from 'ioredis'
import { type Pages, type Row, type Slice, Unavailable } from '../application/ports.ts'
import { bookingRecord } from '../views/bookings.ts'
import { roomRecord } from '../views/rooms.ts'
import type { Fields, Range } from '../views/write.ts'
import type { PageRow } from './redis.ts'

/**
 * My Page read from Redis: each answer comes from one script, at one moment, of the generation that is active then.
 * Whatever is wrong with Redis means `Unavailable`; `onUnbuilt` is told when there is no generation.
 */
export function createPages(redis: Redis, onUnbuilt: () => void): Pages {
  async function read<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('UNBUILT')) onUnbuilt()
      throw new Unavailable('My Page cannot be read now', { cause: error })
    }
  }

  async function page(range: Range, { limit, after }: Slice, records: string, staysAfter: string) {
    const { list, latestFirst, later, notLater } = range
    const earliest = later === undefined ? '-inf' : `(${later}`
    const latest = String(notLater ?? '+inf')
    // Time went on since the last page: what it ended with may have left the range at its beginning.
    const begun = after !== null && after.at > (later ?? -Infinity) && after.at <= (notLater ?? Infinity)
    const [total, rows] = await read(
      redis.readPage(
        list,
        latestFirst ? latest : earliest,
        latestFirst ? earliest : latest,
        latestFirst ? 'down' : 'up',
        limit,
        begun ? after.at : '',
        begun ? after.id : '',
        records,
        staysAfter,
      ),
    )
    return { total, rows: rows.map(toRow) }
  }

  return {
    async progress(aggregates) {
      const [asOf, ...versions] = await read(redis.readProgress(...aggregates))
      return { asOf: Number(asOf), versions: versions.map(Number) }
    },
    count: (list) => read(redis.readCount(list)),
    bookings: (range, slice) => page(range, slice, bookingRecord(''), ''),
    rooms: (range, slice, now) => page(range, slice, roomRecord(''), `(${now}`),
  }
}

function toRow([id, at, stays, flat]: PageRow): Row {
  const record: Record<string, string> = {}
  for (let index = 0; index < flat.length; index += 2) record[flat[index] ?? ''] = flat[index + 1] ?? ''
  return { id, at: Number(at), stays, record: record satisfies Fields }
}
