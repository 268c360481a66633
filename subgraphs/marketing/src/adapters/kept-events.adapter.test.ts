import { createLogger } from '@myhotel/kit/logger'
import { createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { keptEvents, refusedOf } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { eventConsumer } from './event-consumer.ts'

const offered = '01945a00-0000-7000-8000-0000000000a1'
const gone = '01945a00-0000-7000-8000-0000000000a2'

it.each(keptEvents)('takes in what $version has published', async ({ events }) => {
  const { url, drop } = await createTestDatabase('marketing')
  const { database, part } = openDatabase(url)
  const { bus, deliver } = createPostman()
  const log = createLogger('marketing', 'silent')
  eventConsumer({ bus, database, clock: () => new Date(), log, afterCommit() {} })
  expect(await refusedOf(events, deliver)).toEqual([])
  const rooms = await database.room.findMany({
    where: { roomId: { in: [offered, gone] } },
    orderBy: { roomId: 'asc' },
  })
  expect(rooms).toMatchObject([
    { version: 2, name: 'Room with a wider view', country: 'IT', deletedAt: null },
    { version: 2, name: 'Attic', deletedAt: expect.any(Date) },
  ])
  const counted = await database.roomPopularity.findUnique({ where: { roomId: offered } })
  expect(counted).toMatchObject({ popularity: 1, version: 3 })
  await part.stop?.()
  await drop()
})
