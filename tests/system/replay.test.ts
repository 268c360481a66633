import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillDemoData } from '../../tools/demo/main.ts'
import { type Hotel, openHotel } from './hotel.ts'

const tool = (path: string) => fileURLToPath(new URL(`../../tools/${path}`, import.meta.url))

let hotel: Hotel
beforeAll(async () => {
  hotel = await openHotel()
})
afterAll(() => hotel?.close())

const replay = (...args: string[]) =>
  promisify(execFile)(process.execPath, [
    ...[tool('replay/main.ts'), tool('replay/example.csv')],
    ...['--data-dir', hotel.system.record.dataDir, ...args],
  ])

it('fills a new system with rooms, bookings and a complaint', async () => {
  const told: number[] = []
  await fillDemoData({
    router: hotel.system.record.router,
    token: hotel.system.token,
    progress: (done, total) => told.push(done / total),
  })
  expect(told.at(-1)).toBe(1)
  expect(told).toEqual(told.toSorted((a, b) => a - b))

  const counts = `{ myPage {
    guest { bookings(status: BOOKED) { totalCount } }
    host { rooms { totalCount } bookings { totalCount } }
  } }`
  await eventually(async () => {
    const { guest } = await hotel.one('guest1', counts)
    const { host } = await hotel.one('host1', counts)
    return guest.bookings.totalCount === 3 && host.rooms.totalCount >= 20 && host.bookings.totalCount >= 8
  })
  const open = '{ complaints(status: OPEN) { edges { node { guestId } } } }'
  expect(await hotel.one('agent1', open)).toEqual({ edges: [{ node: { guestId: 'guest2' } }] })
  const rooms = 'query ($filter: RoomFilter) { searchRooms(filter: $filter) { edges { node { name } } } }'
  const found = await hotel.one(null, rooms, { filter: { city: 'Kuwait City', guests: 4 } })
  expect(found.edges.length).toBeGreaterThan(0)
})

it('replays a booking history among others’ data, twice, and finds no difference', async () => {
  for (const args of [[], ['--concurrency', '3']]) {
    const { stdout, stderr } = await replay(...args)
    expect(stdout).toContain('No difference.')
    const number = (name: string) => Number(new RegExp(`^ *${name} +(\\d+)`, 'm').exec(stdout)?.[1])
    expect(
      ['rows', 'rooms', 'booked', 'cancelled', 'refused', 'no nights', 'unreadable'].map(number),
    ).toEqual([24, 7, 15, 5, 0, 1, 5])
    expect(stdout).toMatch(/captures at the provider +15 +15\n/)
    expect(stdout).toMatch(/refunds at the provider +5 +5\n/)
    expect(stdout).toMatch(/popularity by marketing +10 +10\n/)
    expect(stderr).toContain('registering rooms 7/7')
  }
})

it('says in a sentence what it cannot do', async () => {
  await expect(replay('--concurrency', 'many')).rejects.toMatchObject({
    code: 2,
    stderr: '--concurrency many: a whole number is needed.\n',
  })
  await expect(replay('--data-dir', '/nowhere')).rejects.toMatchObject({
    stderr: expect.stringContaining('No MyHotel runs in /nowhere'),
  })
})
