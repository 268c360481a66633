import { Redis } from 'ioredis'
import { republish } from '../../events-republish.ts'
import { quiet } from '../quiescence.ts'
import { openConsumers } from './consumers.ts'
import { type Promised, seconds, type Trial } from './promise.ts'
import { listOfProvider } from './provider.ts'

const bookings = 300
const canceled = 60
const cancel = 'mutation ($id: ID!) { cancelBooking(bookingId: $id) { __typename } }'

/** All streams are lost and published again from the outboxes: whoever had an event does nothing a second time. */
export const lostStream: Promised = {
  name: 'promises: lost streams published again',
  async tryIt(trial) {
    const { stage, guests, count } = trial
    const many = Math.max(40, Math.floor(bookings * Math.min(1, count / 10_000)))
    await guests.roomsFor(many)
    for (let number = 0; number < many; number += 1) {
      const intent = guests.intent()
      const { id } = await guests.insist(intent)
      if (number % (bookings / canceled) === 0) await guests.ask(intent.guest, cancel, { id })
    }
    await restOfMails(trial)
    const before = await effects(trial)
    const streams = await openConsumers(stage)
    await streams.lose()
    await streams.close()
    const { databases } = stage.system.record
    const counts = await republish(databases)
    const took = await quiet(stage)
    await restOfMails(trial)
    const after = await effects(trial)
    const events = Object.values(counts).reduce((sum, each) => sum + each, 0)
    const changed = Object.keys(before).filter((what) => before[what] !== after[what])
    const list = Object.entries(before).map(([what, number]) => `${number} ${what}`)
    const measured =
      `${events} events published again and taken in within ${seconds(took)}; before and after: ${list.join(', ')}` +
      (changed.length > 0 ? `; CHANGED: ${changed.map((what) => `${after[what]} ${what}`).join(', ')}` : '')
    const promise = 'lost streams published again from the outboxes'
    return [{ promise, measured, limit: 'no second effect', holds: changed.length === 0 && events > 0 }]
  },
}

/** Mails follow their notification by a worker of their own. */
async function restOfMails({ stage }: Trial) {
  await quiet(stage)
  const open = `SELECT count(*)::int AS open FROM delivery WHERE state = 'PENDING'`
  while ((await stage.sql<{ open: number }>('notification', open))[0]?.open) {
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** What events have brought about, everywhere. */
async function effects({ stage }: Trial): Promise<Record<string, string | number>> {
  const one = async (subgraph: string, statement: string) => {
    const [row] = await stage.sql<{ answer: string | number }>(subgraph, statement)
    return row?.answer ?? 'nothing'
  }
  const mails = await fetch(new URL('/messages', stage.system.record.mail ?? ''))
  const messages = (await mails.json()) as { receivedAt: string }[]
  return {
    notifications: await one('notification', 'SELECT count(*)::int AS answer FROM notification'),
    'mails sent': await one(
      'notification',
      `SELECT count(*)::int AS answer FROM delivery WHERE channel = 'EMAIL' AND state = 'DELIVERED'`,
    ),
    'the newest mail': messages[0]?.receivedAt ?? 'none',
    refunds: (await listOfProvider(stage, 'refunds')).length,
    captures: (await listOfProvider(stage, 'captures')).length,
    'bookings counted': await one(
      'marketing',
      'SELECT coalesce(sum(popularity), 0)::int AS answer FROM room_popularity',
    ),
    'nights taken': await one(
      'room',
      'SELECT coalesce(sum(upper(stay) - lower(stay)), 0)::int AS answer FROM taken_stay',
    ),
    announcements: await one('marketing', 'SELECT count(*)::int AS answer FROM outbox'),
    'entries of My Page': await entries(stage.system.record.redis),
  }
}

/** How many things My Page holds: fields of its records and entries of its lists. */
async function entries(url: string): Promise<number> {
  const redis = new Redis(url)
  try {
    const active = await redis.get('rm:active')
    const keys = await redis.keys(`rm:${active}:*`)
    const sizes = keys.map(async (key) =>
      (await redis.type(key)) === 'zset' ? redis.zcard(key) : redis.hlen(key),
    )
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  } finally {
    redis.disconnect()
  }
}
