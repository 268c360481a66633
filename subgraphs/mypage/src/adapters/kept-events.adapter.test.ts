import { createPostman } from '@myhotel/kit/testing'
import { keptEvents, refusedOf } from '@myhotel/kit/testing/promises'
import { afterAll, expect, it } from 'vitest'
import { followEvents } from './event-consumer.ts'
import { createDeadLetters } from './redis-dead-letters.ts'
import { createPageStore } from './redis-page-store.ts'
import { dump, emptyRedis, log, startOfDay } from './testing.ts'

const { redis } = await emptyRedis(9)
afterAll(() => redis.disconnect())

const id = (end: string) => `01945a00-0000-7000-8000-0000000000${end}`

it.each(keptEvents)('takes in what $version has published', async ({ events }) => {
  await redis.flushdb()
  const store = createPageStore(redis)
  await (await store.begin())?.activate()
  const { bus, deliver } = createPostman()
  const deadLetters = createDeadLetters(redis)
  followEvents({ durable: 'mypage', bus, store, deadLetters, startOfDay, onAbsent() {}, log })
  expect(await refusedOf(events, deliver)).toEqual([])

  const { records, lists } = await dump(redis)
  expect(records).toMatchObject({
    [`booking:${id('b1')}`]: { guestId: 'guest1', startDate: '2097-05-10', paymentStatus: 'APPROVED' },
    [`booking:${id('b2')}`]: {
      guestId: 'guest2',
      canceledAt: '2027-01-05T10:13:00.000Z',
      paymentStatus: 'PARTIALLY_REFUNDED',
    },
    [`room:${id('a1')}`]: { name: 'Room with a wider view', popularity: '1' },
    [`room:${id('a2')}`]: { name: 'Attic', deletedAt: '2027-01-05T10:22:00.000Z' },
  })
  const entries = Object.fromEntries(Object.entries(lists).map(([list, its]) => [list, Object.keys(its)]))
  expect(entries).toMatchObject({
    'guest:guest1:stays': [id('b1')],
    'guest:guest2:canceled': [id('b2')],
    'guest:guest1:complaints': [id('e2')],
    'user:guest1:unread': [id('f2')],
    [`room:${id('a1')}:stays`]: [id('b1')],
  })
})
