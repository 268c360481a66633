import { createLogger } from '@myhotel/kit/logger'
import { createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { keptEvents, refusedOf } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { eventConsumer } from './event-consumer.ts'

it.each(keptEvents)('takes in what $version has published', async ({ events }) => {
  const { url, drop } = await createTestDatabase('servicecenter')
  const { database, part } = openDatabase(url)
  const { bus, deliver } = createPostman()
  eventConsumer({ bus, database, log: createLogger('servicecenter', 'silent') })
  expect(await refusedOf(events, deliver)).toEqual([])
  expect(await database.accessRefusal.findMany({ orderBy: { id: 'asc' } })).toMatchObject([
    {
      ...{ refusedBy: 'book', actor: 'guest3', roles: ['guest'], action: 'Mutation.cancelBooking' },
      ...{ subjectType: 'Booking', subjectId: '01945a00-0000-7000-8000-0000000000b1', reason: 'not yours' },
    },
    { action: 'Mutation.blockDates', subjectType: null, subjectId: null, reason: 'for hosts' },
  ])
  await part.stop?.()
  await drop()
})
