import { describe, expect, it } from 'vitest'
import type { Rooms } from '../application/ports.ts'
import type { RoomEvent } from '../domain/room.ts'
import { changedRoom, deletedRoom, newRoom } from './rooms.ts'

/** What every implementation of `Rooms` keeps to; `announced` are the types of the events of a room, in their order. */
export function keepsTheContractOfRooms(
  open: () => { rooms: Rooms; announced(roomId: string): Promise<RoomEvent['type'][]> },
) {
  describe('rooms', () => {
    it('are found as they were saved, with all their details', async () => {
      const { rooms } = open()
      const { room, event } = newRoom({
        description: 'Two\nlines',
        pricePerNight: { amount: 2 ** 53 - 1, currency: 'EUR' },
        cleaningFee: { amount: 2 ** 53 - 2, currency: 'EUR' },
        taxPercent: 7.25,
        address: '1 Main Street',
        latitude: 38.7,
        longitude: -9.1,
        amenities: ['wifi', 'pool'],
        photos: ['https://example.com/1.jpg'],
        cancellationPolicy: 'STRICT',
      })
      expect(await rooms.save(room, event)).toBe(true)
      expect(await rooms.find(room.id)).toEqual(room)
    })

    it('are found by many ids at once, as far as there are any', async () => {
      const { rooms } = open()
      const [one, other] = [newRoom(), newRoom()]
      for (const { room, event } of [one, other]) await rooms.save(room, event)
      const ids = [one.room.id, 'no room', other.room.id, '00000000-0000-7000-8000-000000000000', 'a\0b']
      expect(await rooms.findAll(ids)).toEqual(
        new Map([one, other].map(({ room }) => [room.id, room] as const)),
      )
      expect(await rooms.find('no room')).toBeNull()
    })

    it('are changed and deleted, and each change is announced', async () => {
      const { rooms, announced } = open()
      const registered = newRoom()
      const changed = changedRoom(registered.room, { name: 'Another' })
      const deleted = deletedRoom(changed.room)
      for (const { room, event } of [registered, changed, deleted]) {
        expect(await rooms.save(room, event)).toBe(true)
        expect(await rooms.find(room.id)).toEqual(room)
      }
      const types = ['RoomRegistered', 'RoomChanged', 'RoomDeleted']
      expect(await announced(registered.room.id)).toEqual(types)
    })

    it('are saved by the first of two who change the same version', async () => {
      const { rooms, announced } = open()
      const { room, event } = newRoom()
      await rooms.save(room, event)
      const both = [changedRoom(room, { name: 'One' }), changedRoom(room, { name: 'Other' })]
      const saved = await Promise.all(both.map((changed) => rooms.save(changed.room, changed.event)))
      expect(saved.toSorted()).toEqual([false, true])
      expect(await rooms.find(room.id)).toEqual(both[saved.indexOf(true)]?.room)
      expect(await announced(room.id)).toEqual(['RoomRegistered', 'RoomChanged'])
      expect(await rooms.save(room, event)).toBe(false)
    })
  })
}
