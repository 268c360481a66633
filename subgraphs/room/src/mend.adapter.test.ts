import { execFile } from 'node:child_process'
import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from './adapters/database.ts'
import { type RunningRoom, startRoom } from './testing/running-room.ts'

let room: RunningRoom
let opened: ReturnType<typeof openDatabase>
beforeAll(async () => {
  room = await startRoom()
  opened = openDatabase(room.databaseUrl)
})
afterAll(async () => {
  await opened.part.stop?.()
  await room.stop()
})

/** Registers a room, and stores it as an earlier version would have. */
async function stored(country: string, timeZone: string, place: object = {}): Promise<string> {
  const id = await room.offer(place)
  await opened.database.$executeRaw`
    UPDATE room SET country = ${country}, time_zone = ${timeZone} WHERE id = ${id}::uuid`
  await opened.database.$executeRaw`
    UPDATE room_listing SET country_key = lower(${country}), time_zone = ${timeZone} WHERE room_id = ${id}::uuid`
  return id
}

/** Runs the command; gives what it wrote and its exit code. */
const run = (...args: string[]) =>
  new Promise<{ code: number; written: string }>((resolve) => {
    const env = { ROOM_DATABASE_URL: room.databaseUrl }
    const command = `${import.meta.dirname}/mend-rooms-command.ts`
    execFile(process.execPath, [command, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), written: stdout + stderr })
    })
  })

const placeOf = async (id: string) => {
  const location = (await room.look(id))?.location as { country: string; timeZone: string } | undefined
  return [location?.country, location?.timeZone]
}
const found = async (country: string) => {
  const query =
    'query ($filter: RoomFilter) { searchRooms(filter: $filter, first: 100) { edges { node { id } } } }'
  const { data } = await room.ask<{ searchRooms: { edges: { node: { id: string } }[] } }>(query, {
    filter: { country },
  })
  return data?.searchRooms.edges.map(({ node }) => node.id)
}

describe('rooms of an earlier version', () => {
  it('are read, searched and deleted as they are', async () => {
    const id = await stored('Nowhere', 'JST')
    expect(await placeOf(id)).toEqual(['Nowhere', 'JST'])
    expect(await found('Nowhere')).toEqual([id])
    expect((await room.remove(id, true)).data?.result).toEqual({ __typename: 'RoomDeleted', roomId: id })
  })

  it('are mended where it is plain what is meant, and announced as changed', async () => {
    const ny = { latitude: 40.71, longitude: -74.01 }
    const rooms = {
      sound: await stored('PT', 'Europe/Lisbon'),
      renamed: await stored('Italia', 'Europe/Rome'),
      abbreviated: await stored('Japan', 'JST'),
      older: await stored('India', 'Asia/Calcutta'),
      placed: await stored('USA', 'PST', ny),
      byDefault: await stored('US', 'UTC', ny),
      meant: await stored('Ghana', 'UTC'),
      unknown: await stored('Korea of nowhere', 'Asia/Seoul'),
      ambiguous: await stored('US', 'CST'),
    }
    const dry = await run('--dry-run')
    expect(await placeOf(rooms.abbreviated)).toEqual(['Japan', 'JST'])
    expect(dry).toMatchObject({
      code: 1,
      written: expect.stringContaining('6 rooms can be mended, 2 have to be'),
    })

    const { code, written } = await run()
    expect(code).toBe(1)
    expect(written).toContain(
      `${rooms.unknown} of host host1: "Korea of nowhere", "Asia/Seoul" has to be mended by hand.`,
    )
    expect(written).toContain(`${rooms.ambiguous} of host host1: "US", "CST" has to be mended by hand.`)
    expect(written).not.toContain(rooms.sound)
    const after = await Promise.all(Object.values(rooms).map(placeOf))
    expect(Object.fromEntries(Object.keys(rooms).map((name, index) => [name, after[index]]))).toEqual({
      sound: ['PT', 'Europe/Lisbon'],
      renamed: ['IT', 'Europe/Rome'],
      abbreviated: ['JP', 'Asia/Tokyo'],
      older: ['IN', 'Asia/Kolkata'],
      placed: ['US', 'America/New_York'],
      byDefault: ['US', 'America/New_York'],
      meant: ['GH', 'UTC'],
      unknown: ['Korea of nowhere', 'Asia/Seoul'],
      ambiguous: ['US', 'CST'],
    })
    expect(await found('ITA')).toEqual([rooms.renamed])
    const [, event] = await room.eventsOf(rooms.abbreviated, 2)
    expect(event).toMatchObject({ type: 'RoomChanged', data: { country: 'JP', timeZone: 'Asia/Tokyo' } })

    const byHand = await run('--room', rooms.unknown, '--country', 'KR')
    expect(byHand).toMatchObject({ code: 0, written: expect.stringContaining('is now KR, Asia/Seoul') })
    expect(
      await run('--room', rooms.ambiguous.toUpperCase(), '--time-zone', 'America/Chicago'),
    ).toMatchObject({ code: 0 })
    expect(await run()).toEqual({ code: 0, written: '0 rooms were mended, 0 have to be mended by hand.\n' })
    await eventually(async () => (await room.eventsOf(rooms.unknown, 2)).length === 2)
  })

  it('are not mended with what makes no sense', async () => {
    const id = await stored('Italy', 'JST')
    expect(await run('--country', 'IT')).toMatchObject({
      code: 1,
      written: expect.stringContaining('--room ID'),
    })
    expect(await run('--room', 'x')).toMatchObject({ code: 1, written: 'x is not the id of a room.\n' })
    expect(await run('--room', id, '--time-zone', 'KST')).toMatchObject({ code: 1 })
    expect(await placeOf(id)).toEqual(['Italy', 'JST'])
  })
})
