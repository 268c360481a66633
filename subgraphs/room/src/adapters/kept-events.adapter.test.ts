import { createLogger } from '@myhotel/kit/logger'
import { createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { keptEvents, refusedOf } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import { newRoom } from '../testing/rooms.ts'
import { openDatabase } from './database.ts'
import { eventConsumer } from './event-consumer.ts'
import { prismaRooms } from './prisma-rooms.ts'

const roomId = '01945a00-0000-7000-8000-0000000000a1'

it.each(keptEvents)('takes in what $version has published', async ({ events }) => {
  const { url, drop } = await createTestDatabase('room')
  const { database, part } = openDatabase(url)
  const { room, event } = newRoom()
  await prismaRooms(database, () => {}).save({ ...room, id: roomId }, event)
  const { bus, deliver } = createPostman()
  eventConsumer({ bus, database, log: createLogger('room', 'silent') })

  expect(await refusedOf(events, deliver)).toEqual([])
  const taken = await database.$queryRaw`
    SELECT lower(stay)::text AS from, upper(stay)::text AS to FROM taken_stay ORDER BY stay`
  expect(taken).toEqual([
    { from: '2097-05-10', to: '2097-05-13' },
    { from: '2097-07-01', to: '2097-07-03' },
  ])
  expect(await database.roomListing.findUnique({ where: { roomId } })).toMatchObject({ popularity: 1 })
  await part.stop?.()
  await drop()
})
