import { randomUUID as uuid } from 'node:crypto'
import type { Announcement } from '@myhotel/contracts/event'
import { type Bus, createBus } from '@myhotel/kit/bus'
import { eventually, testService } from '@myhotel/kit/testing'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPageStore } from './adapters/redis-page-store.ts'
import { emptyRedis, log, published } from './adapters/testing.ts'
import { compose } from './compose.ts'
import {
  aRoom,
  bookCanceled,
  bookCounted,
  booked,
  complaintFiled,
  day,
  instant,
  notificationRead,
  notificationSent,
  paymentApproved,
  roomRegistered,
  type Stay,
  today,
} from './views/testing.ts'

const { url: REDIS_URL, redis } = await emptyRedis(13)
const NATS_URL = testService('NATS')
let bus: Bus
let mypage: Awaited<ReturnType<typeof startSubgraph>>

beforeAll(async () => {
  mypage = await startSubgraph('mypage', (env) =>
    compose({ ...env, NATS_URL, NATS_REPLICAS: 1, REDIS_URL }, log),
  )
  bus = createBus({ url: NATS_URL, replicas: 1, name: 'test', log })
})

afterAll(async () => {
  await bus.stop?.()
  await mypage.stop()
  redis.disconnect()
})

type Node = Record<string, unknown>
type Connection = {
  edges: { node: Node }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  totalCount: number
}
type Page = {
  guest: { bookings: Connection; unreadNotifications: number; openComplaints: number }
  host: { rooms: Connection; bookings: Connection }
  asOf: string
}

const types = { status: 'BookingStatus', first: 'Int', after: 'String' }

function ask(fields: string, user: string, variables: object = {}, headers: Record<string, string> = {}) {
  const used = Object.entries(types).filter(([name]) => fields.includes(`$${name}`))
  const declared = used.map(([name, type]) => `$${name}: ${type}`).join()
  return mypage.ask<{ myPage: Page }>(
    `query ${declared && `(${declared})`} { myPage { ${fields} } }`,
    { first: 100, ...variables },
    { user, roles: ['guest', 'host'] },
    headers,
  )
}

const bookings = `bookings(status: $status, first: $first, after: $after) {
  edges { node {
    bookingId roomId roomName city hostId guestId startDate endDate guests status total { amount currency }
    paymentStatus refund { amount currency } bookedAt
  } }
  pageInfo { hasNextPage endCursor } totalCount }`
const rooms = `rooms(first: $first, after: $after) {
  edges { node { roomId name city pricePerNight { amount currency } popularity upcomingBookings deleted } }
  pageInfo { hasNextPage endCursor } totalCount }`

/** Publishes, and waits until the page has taken it in. */
async function happen(...announcements: Announcement[]) {
  for (const each of announcements) await bus.publish(published(each))
  const seen = announcements.map(
    ({ contract, aggregateId, version }) => `${contract.context}.${aggregateId}:${version}`,
  )
  await eventually(async () => {
    const answer = await ask('asOf', 'nobody', {}, { 'x-read-after': seen.join() })
    return answer.data && !answer.extensions
  })
}

/** A hotel that no other test knows. */
function aHotel() {
  const [guestId, hostId, roomId] = [uuid(), uuid(), uuid()]
  const aStay = (from: number): Stay => ({ bookingId: uuid(), roomId, hostId, guestId, from })
  return { guestId, hostId, roomId, aStay }
}

it('shows a guest and a host their pages, and each only the own one', async () => {
  const { guestId, hostId, roomId, aStay } = aHotel()
  const stay = aStay(today() + 5)
  const notice = uuid()
  await happen(
    bookCounted(roomId, 1, 7),
    paymentApproved(stay),
    booked(stay),
    roomRegistered(aRoom(roomId, hostId)),
    ...[
      notificationSent(notice, guestId),
      notificationRead(notice, guestId),
      notificationSent(uuid(), guestId),
    ],
    complaintFiled(uuid(), guestId),
  )
  const everything = `guest { ${bookings} unreadNotifications openComplaints } host { ${bookings} ${rooms} } asOf`
  const booking = {
    ...{ bookingId: stay.bookingId, roomId, roomName: `Room ${roomId}`, city: 'Seoul', hostId, guestId },
    ...{ startDate: day(stay.from), endDate: day(stay.from + 2), guests: 2, status: 'BOOKED' },
    ...{ total: { amount: 20_900, currency: 'EUR' }, paymentStatus: 'APPROVED', refund: null },
    bookedAt: instant(stay.from),
  }
  const room = {
    ...{ roomId, name: `Room ${roomId}`, city: 'Seoul', pricePerNight: { amount: 9_000, currency: 'EUR' } },
    ...{ popularity: 7, upcomingBookings: 1, deleted: false },
  }
  const nothing = { edges: [], totalCount: 0 }
  const one = (node: Node) => ({ edges: [{ node }], totalCount: 1 })
  expect(await ask(everything, guestId)).toMatchObject({
    data: {
      myPage: {
        guest: { bookings: one(booking), unreadNotifications: 1, openComplaints: 1 },
        host: { bookings: nothing, rooms: nothing },
        asOf: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    },
  })
  expect(await ask(everything, hostId)).toMatchObject({
    data: { myPage: { guest: { bookings: nothing }, host: { bookings: one(booking), rooms: one(room) } } },
  })
})

it('is for those who are signed in', async () => {
  const { data, errors } = await mypage.ask('{ myPage { asOf } }')
  expect(data).toBeNull()
  expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
})

describe('paging', () => {
  const { guestId, aStay } = aHotel()
  const past = Array.from({ length: 7 }, () => aStay(today() - 20))
  const coming = Array.from({ length: 7 }, (_, n) => aStay(today() + 20 + (n % 2)))
  const canceled = Array.from({ length: 3 }, () => aStay(today() + 30))

  beforeAll(() =>
    happen(
      ...[...past, ...coming, ...canceled].map((stay) => booked(stay)),
      ...canceled.map((stay) => bookCanceled(stay)),
    ),
  )

  /** All pages of a status, one after another. */
  async function walk(status: string | null, first: number): Promise<Node[][]> {
    const pages: Node[][] = []
    for (let after: string | null = null; ; ) {
      const { data } = await ask(`guest { ${bookings} }`, guestId, { status, first, after })
      const { edges, pageInfo } = data!.myPage.guest.bookings
      pages.push(edges.map(({ node }) => node))
      if (!pageInfo.hasNextPage) return pages
      after = pageInfo.endCursor
    }
  }

  it.each([
    [null, [...past, ...coming, ...canceled]],
    ['BOOKED', coming],
    ['COMPLETED', past],
    ['CANCELED', canceled],
  ])(
    'of status %s fills each page and leaves nothing out, also where many are of one time',
    async (status, stays) => {
      const pages = await walk(status, 3)
      const nodes = pages.flat()
      expect(pages.slice(0, -1).every((page) => page.length === 3)).toBe(true)
      expect(nodes.map(({ bookingId }) => bookingId).sort()).toEqual(
        stays.map((stay) => stay.bookingId).sort(),
      )
      if (status) expect(new Set(nodes.map((node) => node.status))).toEqual(new Set([status]))
      const { data } = await ask(`guest { ${bookings} }`, guestId, { status, first: 0 })
      expect(data!.myPage.guest.bookings).toMatchObject({ edges: [], totalCount: stays.length })
    },
  )

  it('shows the newest first, those to come by the day on which they end', async () => {
    const times = (await walk(null, 100)).flat().map(({ bookedAt }) => String(bookedAt))
    expect(times).toEqual(times.toSorted().reverse())
    const ends = (await walk('BOOKED', 100)).flat().map(({ endDate }) => String(endDate))
    expect(ends).toEqual(ends.toSorted())
  })

  it.each([{ first: 101 }, { first: -1 }, { after: 'WyJhIiwxXQ' }, { after: 'x' }])(
    'refuses %o',
    async (variables) => {
      const { errors } = await ask(`guest { ${bookings} }`, guestId, variables)
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    },
  )
})

describe('reading what was just written', () => {
  it('waits for it', async () => {
    const { guestId, aStay } = aHotel()
    const stay = aStay(today() + 3)
    const reading = ask(`guest { ${bookings} }`, guestId, {}, { 'x-read-after': `book.${stay.bookingId}:1` })
    await bus.publish(published(booked(stay)))
    const { data, extensions } = await reading
    expect(extensions).toBeUndefined()
    expect(data?.myPage.guest.bookings.totalCount).toBe(1)
  })

  it('says what it lacks when that takes too long, and leaves out what it does not follow', async () => {
    const missing = `room.${uuid()}:3`
    const { guestId } = aHotel()
    const answer = await ask('asOf', guestId, {}, { 'x-read-after': `weather.today:1, ${missing},nonsense` })
    expect(answer.data?.myPage.asOf).toBeDefined()
    expect(answer.extensions).toEqual({ myPage: { behind: [missing] } })
  })
})

it('answers with an error while there is no page, and has all of it again afterwards', async () => {
  const { guestId, aStay } = aHotel()
  await happen(booked(aStay(today() + 3)))
  // Somebody else builds, and is not done yet.
  await redis.multi().flushdb().set('rm:next', 'elsewhere').exec()
  for (const fields of [
    'asOf',
    `guest { ${bookings} }`,
    'guest { unreadNotifications }',
    `host { ${rooms} }`,
  ]) {
    const { data, errors } = await ask(fields, guestId)
    expect(data).toBeNull()
    expect(errors?.[0]?.extensions).toEqual({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 })
  }
  await redis.del('rm:next')
  const total = await eventually(async () => {
    const { data } = await ask(`guest { ${bookings} }`, guestId)
    return data?.myPage.guest.bookings.totalCount
  })
  expect(total).toBe(1)
  expect((await createPageStore(redis).state()).built).toBe(true)
})

it('answers with an error at once while there is no Redis, and lives', async () => {
  const nowhere = 'redis://127.0.0.1:1'
  const alone = await startSubgraph('mypage', (env) =>
    compose({ ...env, NATS_URL, NATS_REPLICAS: 1, REDIS_URL: nowhere }, log),
  )
  const { errors } = await alone.ask('{ myPage { asOf } }', {}, { user: 'guest1', roles: ['guest'] })
  expect(errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE')
  await alone.stop()
})
