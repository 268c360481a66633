import type { TestCaller } from '@myhotel/kit/testing-subgraph'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agent, guest, host, input, type RunningRoom, startRoom } from './testing/running-room.ts'

const callers: [string, TestCaller | undefined][] = [
  ['nobody', undefined],
  ['a guest', guest],
  ['another host', host('host2')],
  ['an agent', agent],
]

let room: RunningRoom

beforeAll(async () => {
  room = await startRoom()
})
afterAll(() => room.stop())

/** The name of the result's type, or the code of the error. */
const outcome = ({ data, errors }: Awaited<ReturnType<RunningRoom['remove']>>) =>
  errors?.[0]?.extensions.code ?? data?.result.__typename

describe('who may', () => {
  it('register a room: hosts', async () => {
    const tried = callers.map(async ([, caller]) => outcome(await room.ask(registering, { input }, caller)))
    expect(await Promise.all(tried)).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'RoomRegistered', 'FORBIDDEN'])
  })
  const registering =
    'mutation ($input: RegisterRoomInput!) { result: registerRoom(input: $input) { __typename } }'

  it.each([
    [
      'change',
      'mutation ($id: ID!) { result: changeRoom(input: { roomId: $id, name: "x" }) { __typename } }',
    ],
    ['delete', 'mutation ($id: ID!) { result: deleteRoom(roomId: $id) { __typename } }'],
  ])('%s a room: its host', async (_, mutation) => {
    const id = await room.offer()
    const tried = callers.map(async ([, caller]) => outcome(await room.ask(mutation, { id }, caller)))
    expect(await Promise.all(tried)).toEqual(['UNAUTHENTICATED', 'Forbidden', 'Forbidden', 'Forbidden'])
  })

  it.each([
    'mutation ($id: ID!) { result: deleteRoomForServiceCenter(roomId: $id, agentId: "a", reason: "r") { __typename } }',
    'query ($id: ID!) { result: offeredRoom(roomId: $id) { __typename } }',
  ])('%s: services', async (operation) => {
    const id = await room.offer()
    const everyUser = [...callers, ['its host', host('host1')] as const]
    for (const [, caller] of everyUser) {
      expect(outcome(await room.ask(operation, { id }, caller))).toBe('FORBIDDEN')
    }
  })

  it('ask at all: those who come through the router, and services', async () => {
    const response = await fetch(`${room.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-id': 'host1' },
      body: JSON.stringify({ query: '{ __typename }' }),
    })
    expect(response.status).toBe(401)
  })
})

describe('another service', () => {
  const offered = `query ($roomId: ID!) { offeredRoom(roomId: $roomId) {
    roomId hostId version deleted pricePerNight { amount } taxBasisPoints } }`

  it('reads a room as events tell it, deleted or not', async () => {
    const roomId = await room.offer()
    const ask = async (id: string) =>
      (await room.ask(offered, { roomId: id }, { service: 'book' })).data?.offeredRoom
    const told = { roomId, hostId: 'host1', pricePerNight: { amount: 9_900 }, taxBasisPoints: 0 }
    expect(await ask(roomId)).toEqual({ ...told, version: 1, deleted: false })
    await room.remove(roomId, true)
    expect(await ask(roomId)).toEqual({ ...told, version: 2, deleted: true })
    expect(await ask('no room')).toBeNull()
  })

  it('deletes a room for an agent at once, without asking book, and as often as it likes', async () => {
    const id = await room.offer()
    const mutation = `mutation ($id: ID!, $reason: String!) {
      result: deleteRoomForServiceCenter(roomId: $id, agentId: "agent1", reason: $reason) { __typename } }`
    const remove = async (reason: string) =>
      outcome(await room.ask(mutation, { id, reason }, { service: 'servicecenter' }))
    expect(await remove('a\0b')).toBe('BAD_USER_INPUT')
    expect([await remove('fraud'), await remove('again')]).toEqual(['RoomDeleted', 'RoomDeleted'])
    const [, event, ...more] = await room.eventsOf(id, 2)
    expect(event?.data).toMatchObject({ deletedBy: 'SERVICE_CENTER', reason: null })
    expect(more).toEqual([])
  })
})

describe('a search that makes no sense', () => {
  const query = `query ($filter: RoomFilter, $sort: RoomSort, $first: Int, $after: String) {
    searchRooms(filter: $filter, sort: $sort, first: $first, after: $after) { edges { cursor } } }`
  const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')
  const nowhere = { latitude: 0, longitude: 0 }

  it.each([
    ['one date alone', { filter: { startDate: '2027-06-01' } }],
    ['an end at the start', { filter: { startDate: '2027-06-01', endDate: '2027-06-01' } }],
    ['no radius', { filter: { near: { ...nowhere, radiusKm: 0 } } }],
    ['a radius beyond the globe', { filter: { near: { ...nowhere, radiusKm: 20_001 } } }],
    ['distance from nowhere', { sort: 'DISTANCE' }],
    ['a NUL', { filter: { text: 'a\0b' } }],
    ['too many at once', { first: 101 }],
    ['fewer than none', { first: -1 }],
    ['no cursor', { after: 'x' }],
    ['a cursor of another order', { after: cursor('0198c0de-0000-7000-8000-000000000000') }],
    ['a forged cursor', { after: cursor('x', 'y') }],
    ['a cursor beyond numbers', { after: cursor(2 ** 40, '0198c0de-0000-7000-8000-000000000000') }],
  ])('%s', async (_, variables) => {
    const { errors, data } = await room.ask(query, variables)
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})
