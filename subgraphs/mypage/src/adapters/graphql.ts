import { badInput, readPage, toConnection } from '@myhotel/kit/connection'
import { moneyFields } from '@myhotel/kit/currency'
import { userOf } from '@myhotel/kit/serve'
import { GraphQLError } from 'graphql'
import { type Clock, type Pages, type Row, type Slice, Unavailable } from '../application/ports.ts'
import { caughtUp, parseReadAfter } from '../application/read-after.ts'
import { bookingsIn, listsOfGuest, listsOfHost, toMyBooking } from '../views/bookings.ts'
import { openComplaintsOf, unreadOf } from '../views/notices.ts'
import { roomsOfHost, toMyRoom } from '../views/rooms.ts'
import type { GuestPageBookingsArgs, HostPageRoomsArgs, Resolvers } from './graphql.generated.ts'

/** Resolvers of the page of whoever asks: the user's id is part of each list's name. */
export function resolvers(pages: Pages, clock: Clock): Resolvers {
  async function bookings(lists: ReturnType<typeof listsOfGuest>, args: GuestPageBookingsArgs) {
    const page = readPage(args, 2)
    const now = clock.now()
    const found = await available(pages.bookings(bookingsIn(lists, args.status ?? null, now), toSlice(page)))
    const connection = toConnection(page, found.rows, cursorOf, ({ id, record }) =>
      toMyBooking(id, record, now),
    )
    return { ...connection, totalCount: found.total }
  }

  async function rooms(userId: string, args: HostPageRoomsArgs) {
    const page = readPage(args, 2)
    const range = { list: roomsOfHost(userId), latestFirst: true }
    const found = await available(pages.rooms(range, toSlice(page), clock.now()))
    const connection = toConnection(page, found.rows, cursorOf, ({ id, record, stays }) =>
      toMyRoom(id, record, stays),
    )
    return { ...connection, totalCount: found.total }
  }

  return {
    Query: {
      async myPage(_, __, context) {
        const userId = userOf(context)
        const { asOf, behind } = await available(caughtUp(pages, parseReadAfter(context.readAfter), clock))
        if (behind.length > 0) context.extensions.myPage = { behind }
        return { guest: { userId }, host: { userId }, asOf: new Date(asOf).toISOString() }
      },
    },
    Money: moneyFields,
    GuestPage: {
      bookings: ({ userId }, args) => bookings(listsOfGuest(userId), args),
      unreadNotifications: ({ userId }) => available(pages.count(unreadOf(userId))),
      openComplaints: ({ userId }) => available(pages.count(openComplaintsOf(userId))),
    },
    HostPage: {
      rooms: ({ userId }, args) => rooms(userId, args),
      bookings: ({ userId }, args) => bookings(listsOfHost(userId), args),
    },
  }
}

const cursorOf = ({ at, id }: Row) => [at, id] as const

function toSlice({ first, after }: ReturnType<typeof readPage>): Slice {
  const limit = first + 1
  if (!after) return { limit, after: null }
  const [at, id] = after
  if (typeof at !== 'number' || typeof id !== 'string') {
    throw badInput('after', 'after is not a cursor of this field')
  }
  return { limit, after: { at, id } }
}

/** A page that cannot be read is an error with a code, never an empty page. */
async function available<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    throw new GraphQLError('My Page is not available at the moment', {
      extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 },
      originalError: error,
    })
  }
}
