import { announcement } from '@myhotel/contracts/event'
import { BookCounted } from '@myhotel/contracts/marketing'
import { asEvent, eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBook } from './testing/book.ts'
import { host, input, type RunningRoom, startRoom } from './testing/running-room.ts'

let room: RunningRoom

beforeAll(async () => {
  room = await startRoom()
})
afterAll(() => room.stop())

describe('a host', () => {
  it('registers a room with sensible defaults, and everybody finds it', async () => {
    const { data, headers } = await room.register(input)
    expect(data?.result).toMatchObject({
      __typename: 'RoomRegistered',
      room: {
        name: 'Casa',
        pricePerNight: input.pricePerNight,
        description: '',
        host: { id: 'host1' },
        cleaningFee: { amount: 0, currency: 'EUR' },
        taxPercent: 0,
        capacity: 2,
        location: {
          address: null,
          city: 'Lisbon',
          country: 'PT',
          latitude: null,
          longitude: null,
          timeZone: 'Europe/Lisbon',
        },
        amenities: [],
        photos: [],
        cancellationPolicy: 'FLEXIBLE',
        minNights: 1,
        maxNights: 365,
        bookingWindowDays: 730,
        checkInTime: '15:00',
        checkOutTime: '11:00',
        deleted: false,
      },
    })
    const told = data!.result.room
    expect(headers.get('x-wrote')).toBe(`room.${told.id}:1`)
    expect(await room.look(told.id)).toEqual(told)
    const [event] = await room.eventsOf(told.id, 1)
    expect(event).toMatchObject({
      id: `room.${told.id}:1`,
      type: 'RoomRegistered',
      data: { roomId: told.id, name: 'Casa', taxBasisPoints: 0 },
    })
  })

  it('changes what the input names, and nothing else', async () => {
    const id = await room.offer({ description: 'old', taxPercent: 7.25, amenities: ['Pool'] })
    const { data } = await room.change({ roomId: id, name: 'Villa', taxPercent: null })
    expect(data?.result).toMatchObject({
      __typename: 'RoomChanged',
      room: { id, name: 'Villa', description: 'old', taxPercent: 0, amenities: ['pool'] },
    })
    const again = await room.change({ roomId: id, name: 'Villa' })
    expect(again.headers.get('x-wrote')).toBe(`room.${id}:2`)
    const events = await room.eventsOf(id, 2)
    expect(events.map(({ type }) => type)).toEqual(['RoomRegistered', 'RoomChanged'])
  })

  it('is told by its field what is wrong with a room', async () => {
    const { data } = await room.register({ ...input, name: 'a\0b' })
    expect(data?.result).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', field: 'name' })
  })

  it('deletes a room, and is told the same when deleting it again', async () => {
    await using book = await startBook(room.bookPort, 0)
    const id = await room.offer()
    for (const { data } of [await room.remove(id), await room.remove(id)]) {
      expect(data?.result).toEqual({ __typename: 'RoomDeleted', roomId: id })
    }
    expect(book.asked).toMatchObject([
      { body: { variables: { roomId: id } }, authorization: expect.stringMatching(/^Bearer /) },
    ])
    const [, event] = await room.eventsOf(id, 2)
    expect(event).toMatchObject({
      type: 'RoomDeleted',
      version: 2,
      data: { deletedBy: 'HOST', reason: null },
    })
  })

  it('is told of bookings to come, or says that they shall be cancelled', async () => {
    await using book = await startBook(room.bookPort, 3)
    const id = await room.offer()
    const { data } = await room.remove(id)
    expect(data?.result).toMatchObject({
      __typename: 'UpcomingBookings',
      code: 'UPCOMING_BOOKINGS',
      count: 3,
    })
    expect((await room.remove(id, true)).data?.result.__typename).toBe('RoomDeleted')
    expect(book.asked).toHaveLength(1)
  })

  it('is told to try again while book is away, unless it need not be asked', async () => {
    const id = await room.offer()
    const { data } = await room.remove(id)
    expect(data?.result).toMatchObject({
      __typename: 'ServiceUnavailable',
      code: 'SERVICE_UNAVAILABLE',
      retryAfterSeconds: 2,
    })
    expect((await room.remove(id, false, host('host2'))).data?.result.__typename).toBe('Forbidden')
    expect((await room.remove('no room')).data?.result.__typename).toBe('NotFound')
    expect((await room.remove(id, true)).data?.result.__typename).toBe('RoomDeleted')
    expect((await room.change({ roomId: id, name: 'x' })).data?.result.__typename).toBe('NotFound')
  })
})

it('shows a deleted room to nobody but those who refer to it', async () => {
  const [id, other] = [await room.offer(), await room.offer()]
  await room.remove(id, true)
  expect(await room.look(id)).toBeNull()
  const { data } = await room.ask<{ _entities: unknown[] }>(
    `query ($references: [_Any!]!) { _entities(representations: $references) {
       ... on Room { name deleted } ... on Host { rooms(first: 1) { edges { node { id } } } } } }`,
    {
      references: [
        { __typename: 'Room', id },
        { __typename: 'Host', id: 'host1' },
        { __typename: 'Room', id: 'no room' },
      ],
    },
  )
  const rooms = { edges: [{ node: { id: other } }] }
  expect(data?._entities).toEqual([{ name: 'Casa', deleted: true }, { rooms }, null])
})

it('orders rooms by what marketing counts', async () => {
  const id = await room.offer()
  const data = { roomId: id, popularity: 1_000, countedAt: new Date().toISOString() }
  await room.bus.publish(asEvent(announcement(BookCounted, id, 1, data)))
  await eventually(async () => {
    const answer = await room.ask<{ popularRooms: { id: string }[] }>('{ popularRooms(first: 1) { id } }')
    return answer.data?.popularRooms[0]?.id === id
  })
})

it('pages through a search', async () => {
  for (const name of ['a', 'b', 'c']) await room.offer({ name, city: 'Braga' })
  const query = `query ($after: String) {
    searchRooms(filter: { city: "braga" }, sort: NEWEST, first: 2, after: $after) {
      edges { node { name } distanceKm } pageInfo { hasNextPage hasPreviousPage endCursor } } }`
  const first = await room.ask<{ searchRooms: { pageInfo: { endCursor: string } } }>(query)
  expect(first.data?.searchRooms).toMatchObject({
    edges: [{ node: { name: 'c' } }, { node: { name: 'b' } }],
    pageInfo: { hasNextPage: true, hasPreviousPage: false },
  })
  const second = await room.ask(query, { after: first.data?.searchRooms.pageInfo.endCursor })
  expect(second.data?.searchRooms).toMatchObject({
    edges: [{ node: { name: 'a' }, distanceKm: null }],
    pageInfo: { hasNextPage: false, hasPreviousPage: true },
  })
})
