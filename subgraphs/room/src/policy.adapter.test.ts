import { readFileSync } from 'node:fs'
import { accessMatrix, byKey, callers } from '@myhotel/kit/testing/access-matrix'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policy } from './adapters/policy.ts'
import { input, type RunningRoom, startRoom } from './testing/running-room.ts'

let room: RunningRoom
beforeAll(async () => {
  room = await startRoom()
})
afterAll(() => room?.stop())

describe('who may call and see what', () => {
  const matrix = accessMatrix({
    policies: [policy],
    schema: parse(readFileSync(`${import.meta.dirname}/../schema.graphql`, 'utf8')),
    questions: {
      'Query.searchRooms': () => ({ query: '{ asked: searchRooms { __typename } }' }),
      'Query.room': async () => ({ query: `{ asked: room(id: "${await room.offer()}") { id } }` }),
      'Query.popularRooms': () => ({ query: '{ asked: popularRooms { id } }' }),
      'Query.offeredRoom': async () => ({
        query: `{ asked: offeredRoom(roomId: "${await room.offer()}") { roomId } }`,
      }),
      'Mutation.registerRoom': () => ({
        query: 'mutation ($input: RegisterRoomInput!) { asked: registerRoom(input: $input) { __typename } }',
        variables: { input },
      }),
      'Mutation.changeRoom': async () => ({
        query: `mutation { asked: changeRoom(input: { roomId: "${await room.offer()}", name: "x" }) { __typename } }`,
      }),
      'Mutation.deleteRoom': async () => ({
        query: `mutation { asked: deleteRoom(roomId: "${await room.offer()}", cancelUpcomingBookings: true) {
          __typename } }`,
      }),
      'Mutation.deleteRoomForServiceCenter': async () => ({
        query: `mutation { asked: deleteRoomForServiceCenter(roomId: "${await room.offer()}", agentId: "agent1",
          reason: "r") { __typename } }`,
      }),
      Room: async () => byKey('Room', await room.offer()),
      Host: () => byKey('Host', 'host1'),
    },
    ask: ({ query, variables }, caller) => room.ask(query, variables, callers[caller]),
  })
  it.each(matrix)('%s', async (_, attempt) => {
    const { actual, expected } = await attempt()
    expect(actual).toEqual(expected)
  })
})
