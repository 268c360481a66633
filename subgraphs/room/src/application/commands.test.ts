import { chargingOf } from '@myhotel/kit/charging'
import { describe, expect, it } from 'vitest'
import { places } from '../adapters/places.ts'
import type { ServiceUnavailable } from '../domain/refusal.ts'
import { isRefusal } from '../domain/refusal.ts'
import { fakeRooms } from '../testing/fake-rooms.ts'
import { details, now } from '../testing/rooms.ts'
import { keepsTheContractOfRooms } from '../testing/rooms-contract.ts'
import { changeRoom, deleteRoom, deleteRoomForServiceCenter, registerRoom } from './commands.ts'
import type { Ports } from './ports.ts'

keepsTheContractOfRooms(() => {
  const rooms = fakeRooms()
  return { rooms, announced: async () => rooms.announced.map(({ type }) => type) }
})

const away: ServiceUnavailable = { code: 'SERVICE_UNAVAILABLE', message: 'away', retryAfterSeconds: 2 }

/** The application with a room of host1 and a book that answers so. */
async function given(upcoming: number | ServiceUnavailable = 0) {
  const rooms = fakeRooms()
  const asked: string[] = []
  let ids = 0
  const ports: Ports = {
    rooms,
    bookings: {
      async countUpcoming(roomId) {
        asked.push(roomId)
        return upcoming
      },
    },
    charging: chargingOf('stripe'),
    places,
    calendar: { now: () => now, today: (timeZone) => `today in ${timeZone}` },
    newId: () => `room ${++ids}`,
  }
  const room = await registerRoom(ports, { hostId: 'host1', details })
  if (isRefusal(room)) throw new Error(room.message)
  return { ports, rooms, room, asked, types: () => rooms.announced.map(({ type }) => type) }
}

const host1 = { roomId: 'room 1', hostId: 'host1' }
const host2 = { roomId: 'room 1', hostId: 'host2' }

describe('registering', () => {
  it('makes a room of what the host says', async () => {
    const { rooms, room, types } = await given()
    expect(room).toMatchObject({ id: 'room 1', version: 1, hostId: 'host1', registeredAt: now })
    expect(await rooms.find('room 1')).toBe(room)
    expect(types()).toEqual(['RoomRegistered'])
  })

  it.each([
    ['pricePerNight', { pricePerNight: { amount: 10_000, currency: 'IQD' } }],
    ['pricePerNight', { pricePerNight: { amount: 1_234, currency: 'KWD' } }],
    ['pricePerNight', { pricePerNight: { amount: 150, currency: 'MGA' } }],
    ['pricePerNight', { pricePerNight: { amount: 100_000_000, currency: 'EUR' } }],
    [
      'cleaningFee',
      { pricePerNight: { amount: 1_230, currency: 'KWD' }, cleaningFee: { amount: 5, currency: 'KWD' } },
    ],
  ] as const)('refuses a %s that the payment provider cannot charge: %j', async (field, change) => {
    const { ports, types } = await given()
    const refused = { code: 'INVALID_INPUT', field }
    expect(await registerRoom(ports, { hostId: 'host1', details: { ...details, ...change } })).toMatchObject(
      refused,
    )
    expect(await changeRoom(ports, { ...host1, change })).toMatchObject(refused)
    expect(types()).toEqual(['RoomRegistered'])
    const sandbox = { ...ports, charging: chargingOf('sandbox') }
    expect(
      await registerRoom(sandbox, { hostId: 'host1', details: { ...details, ...change } }),
    ).not.toHaveProperty('code')
  })

  it('leaves what was priced before such a rule, until its price is changed', async () => {
    const { ports } = await given()
    const change = { pricePerNight: { amount: 10_000, currency: 'IQD' } }
    await changeRoom({ ...ports, charging: chargingOf('sandbox') }, { ...host1, change })
    expect(await changeRoom(ports, { ...host1, change: { name: 'Loft' } })).toMatchObject({
      offer: { name: 'Loft' },
    })
    expect(await changeRoom(ports, { ...host1, change })).toMatchObject({ field: 'pricePerNight' })
  })

  it('makes nothing of what is no room', async () => {
    const { ports, types } = await given()
    const answer = await registerRoom(ports, { hostId: 'host1', details: { ...details, capacity: 0 } })
    expect(answer).toMatchObject({ code: 'INVALID_INPUT', field: 'capacity' })
    expect(types()).toEqual(['RoomRegistered'])
  })
})

describe('changing', () => {
  it('is for the host', async () => {
    const { ports } = await given()
    const change = { name: 'Changed' }
    expect(await changeRoom(ports, { ...host2, change })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await changeRoom(ports, { ...host1, roomId: 'x', change })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await changeRoom(ports, { ...host1, change })).toMatchObject({ offer: change, version: 2 })
  })

  it('begins anew where somebody else was faster', async () => {
    const { ports, rooms, types } = await given()
    const faster = { ...ports, rooms: { ...rooms, save: beatenOnce() } }
    function beatenOnce(): typeof rooms.save {
      let beaten = false
      return async (room, event) => {
        if (!beaten) {
          beaten = true
          await changeRoom(ports, { ...host1, change: { city: 'Porto' } })
        }
        return await rooms.save(room, event)
      }
    }
    const answer = await changeRoom(faster, { ...host1, change: { name: 'Changed' } })
    expect(answer).toMatchObject({ offer: { name: 'Changed', city: 'Porto' }, version: 3 })
    expect(types()).toEqual(['RoomRegistered', 'RoomChanged', 'RoomChanged'])
  })
})

describe('deleting', () => {
  const keepBookings = { cancelUpcomingBookings: false }

  it('asks book, and is done where nothing is to come', async () => {
    const { ports, asked } = await given(0)
    const answer = await deleteRoom(ports, { ...host1, ...keepBookings })
    const deletion = { by: 'HOST', byId: 'host1', reason: null, at: now, on: 'today in Europe/Lisbon' }
    expect(answer).toMatchObject({ status: 'DELETED', version: 2, deletion })
    expect(asked).toEqual(['room 1'])
  })

  it('is refused where something is, or where that cannot be told', async () => {
    const booked = await given(3)
    const refused = await deleteRoom(booked.ports, { ...host1, ...keepBookings })
    expect(refused).toMatchObject({ code: 'UPCOMING_BOOKINGS', count: 3 })
    const unknown = await given(away)
    expect(await deleteRoom(unknown.ports, { ...host1, ...keepBookings })).toEqual(away)
    expect([...booked.types(), ...unknown.types()]).toEqual(['RoomRegistered', 'RoomRegistered'])
  })

  it('needs no book where its answer decides nothing', async () => {
    const { ports, asked, types } = await given(away)
    expect(await deleteRoom(ports, { ...host2, ...keepBookings })).toMatchObject({ code: 'FORBIDDEN' })
    const told = await deleteRoom(ports, { ...host1, cancelUpcomingBookings: true })
    expect(told).toMatchObject({ status: 'DELETED' })
    expect(await deleteRoom(ports, { ...host1, ...keepBookings })).toEqual(told)
    expect(asked).toEqual([])
    expect(types()).toEqual(['RoomRegistered', 'RoomDeleted'])
  })

  it('is done at once for an agent', async () => {
    const { ports, asked } = await given(away)
    const command = { roomId: 'room 1', agentId: 'agent1', reason: 'fraud' }
    const answer = await deleteRoomForServiceCenter(ports, command)
    expect(answer).toMatchObject({ deletion: { by: 'SERVICE_CENTER', byId: 'agent1', reason: 'fraud' } })
    expect(await deleteRoomForServiceCenter(ports, { ...command, reason: 'again' })).toEqual(answer)
    expect(asked).toEqual([])
  })
})

it('whoever is overtaken by others every time is told that it passes, and nothing is done', async () => {
  const { ports, rooms, types } = await given()
  const overtaken = { ...ports, rooms: { ...rooms, save: async () => false } }
  const changing = changeRoom(overtaken, { ...host1, change: { name: 'Another' } })
  await expect(changing).rejects.toThrow(expect.objectContaining({ name: 'Overtaken' }))
  expect(types()).toEqual(['RoomRegistered'])
})
