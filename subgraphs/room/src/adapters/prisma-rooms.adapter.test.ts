import { createTestDatabase } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RoomEvent } from '../domain/room.ts'
import { newRoom } from '../testing/rooms.ts'
import { keepsTheContractOfRooms } from '../testing/rooms-contract.ts'
import { openDatabase } from './database.ts'
import { prismaRooms } from './prisma-rooms.ts'

let opened: ReturnType<typeof openDatabase>
let dropDatabase: () => Promise<void>

beforeAll(async () => {
  const { url, drop } = await createTestDatabase('room')
  opened = openDatabase(url)
  dropDatabase = drop
})
afterAll(async () => {
  await opened.part.stop?.()
  await dropDatabase()
})

keepsTheContractOfRooms(() => ({
  rooms: prismaRooms(opened.database, () => {}),
  async announced(roomId) {
    const events = await opened.database.outbox.findMany({
      where: { aggregateId: roomId },
      orderBy: { version: 'asc' },
    })
    return events.map(({ type }) => type as RoomEvent['type'])
  },
}))

it('writes nothing at all where the event cannot be written', async () => {
  const { room } = newRoom()
  const broken = {
    type: 'RoomDeleted',
    deletion: { by: 'HOST', byId: 'host1', reason: null, at: 0, on: 'x' },
  } as const
  let told = false
  const rooms = prismaRooms(opened.database, () => {
    told = true
  })
  await expect(rooms.save(room, broken)).rejects.toThrow()
  expect(await rooms.find(room.id)).toBeNull()
  expect(await opened.database.roomListing.count({ where: { roomId: room.id } })).toBe(0)
  expect(told).toBe(false)
})
