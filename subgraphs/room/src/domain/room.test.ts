import { chargingOf } from '@myhotel/kit/charging'
import { describe, expect, it } from 'vitest'
import { places } from '../adapters/places.ts'
import { changedRoom, deletedRoom, details, newRoom, now } from '../testing/rooms.ts'
import { type ChangeRoom, change, type DeleteRoom, evolve, register, remove } from './room.ts'

const charging = chargingOf('sandbox')
const { room } = newRoom()
const deleted = deletedRoom(room).room

const changed = (what: ChangeRoom['change'], of = room, hostId = 'host1') =>
  change({ hostId, change: what, charging }, of, places)
const byHost = { by: 'HOST', byId: 'host1', reason: null, at: now, on: '2027-01-01' } as const
const byAgent = { ...byHost, by: 'SERVICE_CENTER', byId: 'agent1', reason: 'fraud' } as const
const removed = (deletion: DeleteRoom['deletion'], upcomingBookings = 0, of = room) =>
  remove({ deletion, upcomingBookings }, of)

describe('a room', () => {
  it('is registered with the time and the id that come with the wish', () => {
    const event = register({ roomId: 'r', hostId: 'h', details, now, charging }, places)
    expect(event).toMatchObject({ type: 'RoomRegistered', roomId: 'r', hostId: 'h', registeredAt: now })
  })

  it('is changed by its host', () => {
    expect(changed({ name: 'New' }, room)).toMatchObject({
      type: 'RoomChanged',
      offer: { name: 'New' },
    })
    expect(changed({ name: 'New' }, room, 'host2')).toMatchObject({ code: 'FORBIDDEN' })
    expect(changed({ name: '' }, room)).toMatchObject({ code: 'INVALID_INPUT', field: 'name' })
  })

  it('is not changed by what is so already', () => {
    expect(changed({}, room)).toBe('already')
    expect(changed({ name: room.offer.name, amenities: [] }, room)).toBe('already')
  })

  it('is not changed once it is deleted', () => {
    expect(changed({ name: 'New' }, deleted)).toMatchObject({ code: 'NOT_FOUND' })
    expect(changed({ name: 'New' }, deleted, 'host2')).toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is deleted by its host or the service centre, once', () => {
    expect(removed(byHost, 0, room)).toEqual({ type: 'RoomDeleted', deletion: byHost })
    expect(removed(byAgent, 0, room)).toEqual({ type: 'RoomDeleted', deletion: byAgent })
    expect(removed({ ...byHost, byId: 'host2' }, 0, room)).toMatchObject({ code: 'FORBIDDEN' })
    expect(removed(byHost, 0, deleted)).toBe('already')
    expect(removed(byAgent, 3, deleted)).toBe('already')
  })

  it('is not deleted while there are bookings to come', () => {
    expect(removed(byHost, 2, room)).toMatchObject({ code: 'UPCOMING_BOOKINGS', count: 2 })
  })

  it('has a new version after each event', () => {
    const after = changedRoom(room, { name: 'New' }).room
    expect(after).toEqual({ ...room, version: 2, offer: { ...room.offer, name: 'New' } })
    const gone = evolve(after, { type: 'RoomDeleted', deletion: byAgent })
    expect(gone).toEqual({ ...after, version: 3, status: 'DELETED', deletion: byAgent })
  })
})
