import { chargingOf } from '@myhotel/kit/charging'
import { describe, expect, it } from 'vitest'
import { changedRoom, deletedRoom, details, newRoom, now } from '../testing/rooms.ts'
import { type ChangeRoom, type DeleteRoom, decide, evolve, register } from './room.ts'

const charging = chargingOf('sandbox')
const { room } = newRoom()
const deleted = deletedRoom(room).room

const change = (what: ChangeRoom['change'], hostId = 'host1'): ChangeRoom => ({
  type: 'ChangeRoom',
  hostId,
  change: what,
  charging,
})
const byHost = { by: 'HOST', byId: 'host1', reason: null, at: now, on: '2027-01-01' } as const
const byAgent = { ...byHost, by: 'SERVICE_CENTER', byId: 'agent1', reason: 'fraud' } as const
const remove = (deletion: DeleteRoom['deletion'], upcomingBookings = 0): DeleteRoom => ({
  type: 'DeleteRoom',
  deletion,
  upcomingBookings,
})

describe('a room', () => {
  it('is registered with the time and the id that come with the wish', () => {
    const event = register({ roomId: 'r', hostId: 'h', details, now, charging })
    expect(event).toMatchObject({ type: 'RoomRegistered', roomId: 'r', hostId: 'h', registeredAt: now })
  })

  it('is changed by its host', () => {
    expect(decide(change({ name: 'New' }), room)).toMatchObject({
      type: 'RoomChanged',
      offer: { name: 'New' },
    })
    expect(decide(change({ name: 'New' }, 'host2'), room)).toMatchObject({ code: 'FORBIDDEN' })
    expect(decide(change({ name: '' }), room)).toMatchObject({ code: 'INVALID_INPUT', field: 'name' })
  })

  it('is not changed by what is so already', () => {
    expect(decide(change({}), room)).toBe('already')
    expect(decide(change({ name: room.offer.name, amenities: [] }), room)).toBe('already')
  })

  it('is not changed once it is deleted', () => {
    expect(decide(change({ name: 'New' }), deleted)).toMatchObject({ code: 'NOT_FOUND' })
    expect(decide(change({ name: 'New' }, 'host2'), deleted)).toMatchObject({ code: 'FORBIDDEN' })
  })

  it('is deleted by its host or the service centre, once', () => {
    expect(decide(remove(byHost), room)).toEqual({ type: 'RoomDeleted', deletion: byHost })
    expect(decide(remove(byAgent), room)).toEqual({ type: 'RoomDeleted', deletion: byAgent })
    expect(decide(remove({ ...byHost, byId: 'host2' }), room)).toMatchObject({ code: 'FORBIDDEN' })
    expect(decide(remove(byHost), deleted)).toBe('already')
    expect(decide(remove(byAgent, 3), deleted)).toBe('already')
  })

  it('is not deleted while there are bookings to come', () => {
    expect(decide(remove(byHost, 2), room)).toMatchObject({ code: 'UPCOMING_BOOKINGS', count: 2 })
  })

  it('has a new version after each event', () => {
    const changed = changedRoom(room, { name: 'New' }).room
    expect(changed).toEqual({ ...room, version: 2, offer: { ...room.offer, name: 'New' } })
    const gone = evolve(changed, { type: 'RoomDeleted', deletion: byAgent })
    expect(gone).toEqual({ ...changed, version: 3, status: 'DELETED', deletion: byAgent })
  })
})
