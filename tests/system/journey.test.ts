import { withClient } from '@myhotel/kit/postgres'
import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingOf, namesRead } from '../../infra/alerts/names.ts'
import { askForRoom, bookRoom, cancelBooking, type Hotel, inDays, openHotel, registerRoom } from './hotel.ts'

let hotel: Hotel
let startedAt: number
beforeAll(async () => {
  startedAt = Date.now()
  // As on a machine in Seoul, whose zone all processes have and PostgreSQL's files would be made with.
  hotel = await openHotel({ env: { TZ: 'Asia/Seoul', PGTZ: 'Asia/Seoul', PGDATESTYLE: 'SQL, DMY' } })
})
afterAll(() => hotel?.close())

const search = (filter: object) =>
  hotel.one(
    null,
    `query ($filter: RoomFilter) { searchRooms(filter: $filter, first: 50) { edges { node { id } } } }`,
    { filter },
  )
const found = async (filter: object) =>
  (await search(filter)).edges.map((edge: { node: { id: string } }) => edge.node.id)
const notices = async (account: string, kind: string) => {
  const page = await hotel.one(
    account,
    '{ myNotifications(first: 50) { edges { node { kind bookingId channels } } } }',
  )
  return page.edges
    .map((edge: { node: object }) => edge.node)
    .filter((node: { kind: string }) => node.kind === kind)
}
const mails = async (subject: RegExp) => {
  const messages = (await (await fetch(new URL('/messages', hotel.system.record.mail ?? ''))).json()) as {
    messages?: { subject: string }[]
  }
  return (messages.messages ?? (messages as unknown as { subject: string }[])).filter((mail) =>
    subject.test(mail.subject),
  )
}
const booking = (account: string, id: string) =>
  hotel.one(
    account,
    `query ($id: ID!) { booking(id: $id) {
       id status guestId nights room { id name popularity } payment { status amount { amount } refunded { amount } }
       cancellation { canceledBy reason refund { amount currency } } refundIfCanceledNow { amount } } }`,
    { id },
  )

describe('the journey of a guest and a host', () => {
  const city = 'Ouro Preto'
  let roomId: string
  let bookingId: string

  it('1: a host registers a room; 3: a guest finds it, without signing in', async () => {
    roomId = await registerRoom(hotel, 'host1', {
      ...{ name: 'Casa azul', city, country: 'Brazil', timeZone: 'America/Sao_Paulo' },
      ...{
        pricePerNight: { amount: 20_000, currency: 'BRL' },
        cleaningFee: { amount: 5_000, currency: 'BRL' },
      },
      ...{ taxPercent: 10, capacity: 3, amenities: ['wifi'], latitude: -20.38, longitude: -43.5 },
    })
    expect(await found({ city, startDate: inDays(30), endDate: inDays(33), guests: 3 })).toEqual([roomId])
    expect(await found({ city, guests: 4 })).toEqual([])
    expect(await found({ near: { latitude: -20.4, longitude: -43.5, radiusKm: 10 } })).toEqual([roomId])
  })

  it('4, 5: a guest sees the price, books and pays', async () => {
    const room = await hotel.one(
      'guest1',
      `query ($id: ID!, $from: Date!, $to: Date!) { room(id: $id) { name quote(startDate: $from, endDate: $to, guests: 2) {
         __typename ... on Quote { nights total { amount currency } price { lines { kind amount { amount } } } } } } }`,
      { id: roomId, from: inDays(30), to: inDays(33) },
    )
    expect(room.quote).toMatchObject({
      __typename: 'Quote',
      nights: 3,
      total: { amount: 71_500, currency: 'BRL' },
    })
    const changed = await bookRoom(hotel, 'guest1', roomId, { expectedTotal: { amount: 1, currency: 'BRL' } })
    expect(changed).toMatchObject({ __typename: 'PriceChanged', total: { amount: 71_500 } })
    const intent = { expectedTotal: room.quote.total, idempotencyKey: 'journey' }
    const booked = await bookRoom(hotel, 'guest1', roomId, intent)
    expect(booked).toMatchObject({ __typename: 'RoomBooked', booking: { status: 'BOOKED', nights: 3 } })
    bookingId = booked.booking.id
    expect((await bookRoom(hotel, 'guest1', roomId, intent)).booking.id).toBe(bookingId)
  })

  it('6, 7: the guest is told of booking and payment, the host of the booking, also by mail', async () => {
    await eventually(async () => (await notices('guest1', 'BOOKED')).length === 1)
    await eventually(async () => (await notices('guest1', 'PAYMENT_APPROVED')).length === 1)
    const [received] = await eventually(async () => {
      const told = await notices('host1', 'BOOKING_RECEIVED')
      return told[0]?.channels.includes('EMAIL') && told
    })
    expect(received.bookingId).toBe(bookingId)
    expect((await mails(/./)).length).toBeGreaterThanOrEqual(3)
  })

  it('8: guest and host see the booking; strangers do not', async () => {
    expect(await booking('guest1', bookingId)).toMatchObject({
      status: 'BOOKED',
      room: { name: 'Casa azul' },
      payment: { status: 'APPROVED', amount: { amount: 71_500 }, refunded: { amount: 0 } },
      refundIfCanceledNow: { amount: 71_500 },
    })
    expect((await booking('host1', bookingId)).id).toBe(bookingId)
    expect((await booking('agent1', bookingId)).id).toBe(bookingId)
    expect(await booking('guest2', bookingId)).toBeNull()
    const page = await hotel.one(
      'guest1',
      '{ myPage { asOf guest { unreadNotifications bookings { edges { node { bookingId roomName status paymentStatus total { amount } } } } } } }',
    )
    expect(page.guest.bookings.edges[0].node).toMatchObject({
      bookingId,
      roomName: 'Casa azul',
      status: 'BOOKED',
    })
  })

  it('search leaves the booked nights out, and shows them again after', async () => {
    await eventually(
      async () => (await found({ city, startDate: inDays(32), endDate: inDays(34) })).length === 0,
    )
    expect(await found({ city, startDate: inDays(33), endDate: inDays(34) })).toEqual([roomId])
  })

  it('12: marketing counts it, and popularity is shown', async () => {
    await eventually(async () => (await booking('guest1', bookingId)).room.popularity === 1)
    const popular = await hotel.one(null, '{ popularRooms(first: 5) { id popularity } }')
    expect(popular[0]).toEqual({ id: roomId, popularity: 1 })
  })

  it('9, 10, 11: the guest cancels, the payment is given back, everyone is told', async () => {
    expect(await cancelBooking(hotel, 'guest2', bookingId)).toMatchObject({ __typename: 'Forbidden' })
    const canceled = await cancelBooking(hotel, 'guest1', bookingId)
    expect(canceled.booking).toMatchObject({
      status: 'CANCELED',
      cancellation: { refund: { amount: 71_500 } },
    })
    expect(await cancelBooking(hotel, 'guest1', bookingId)).toEqual(canceled)
    await eventually(async () => (await booking('guest1', bookingId)).payment.status === 'CANCELED')
    await eventually(async () => (await notices('guest1', 'PAYMENT_CANCELED')).length === 1)
    await eventually(async () => (await notices('host1', 'BOOK_CANCELED')).length === 1)
    await eventually(async () => (await booking('guest1', bookingId)).room.popularity === 0)
  })

  it('each of it is told to have been when it was, and in order', async () => {
    const { bookedAt, payment, cancellation } = await hotel.one(
      'guest1',
      `query ($id: ID!) { booking(id: $id) { bookedAt payment { approvedAt } cancellation { canceledAt } } }`,
      { id: bookingId },
    )
    const { edges } = await hotel.one(
      'guest1',
      '{ myNotifications(first: 50) { edges { node { kind sentAt } } } }',
    )
    const sentAt = (wanted: string) =>
      edges.find(({ node }: { node: { kind: string } }) => node.kind === wanted)?.node.sentAt
    const instants = [
      new Date(startedAt).toISOString(),
      ...[
        payment.approvedAt,
        bookedAt,
        sentAt('BOOKED'),
        cancellation.canceledAt,
        sentAt('PAYMENT_CANCELED'),
      ],
      new Date().toISOString(),
    ]
    expect([...instants].sort()).toEqual(instants)
    const mine = await hotel.one(
      'guest1',
      '{ myPage { guest { bookings { edges { node { bookingId bookedAt } } } } } }',
    )
    expect(mine.guest.bookings.edges[0].node).toEqual({ bookingId, bookedAt })
  })

  it('13: an agent cancels any booking and removes any room at once; a complaint is filed and closed', async () => {
    const { booking: again } = await bookRoom(hotel, 'guest3', roomId)
    const filed = await hotel.one(
      'guest3',
      `mutation ($id: ID!) { fileComplaint(input: { bookingId: $id, text: "too loud" }) { __typename ... on ComplaintFiled { complaint { id } } } }`,
      { id: again.id },
    )
    const complaintId = filed.complaint.id
    const agent = await hotel.one(
      'agent1',
      `mutation ($id: ID!, $c: ID!) { cancelBookingAsAgent(bookingId: $id, reason: "loud", complaintId: $c) {
         __typename ... on BookingCanceled { booking { status cancellation { canceledBy refund { amount } } } } } }`,
      { id: again.id, c: complaintId },
    )
    expect(agent.booking.cancellation).toMatchObject({
      canceledBy: 'SERVICE_CENTER',
      refund: { amount: 71_500 },
    })
    const closed = await hotel.one(
      'agent1',
      `mutation ($c: ID!) { closeComplaint(complaintId: $c, resolution: "refunded") { __typename } }`,
      { c: complaintId },
    )
    expect(closed.__typename).toBe('ComplaintClosed')
    await eventually(async () => (await notices('guest3', 'COMPLAINT_CLOSED')).length === 1)
    const removed = await hotel.one(
      'agent1',
      `mutation ($id: ID!) { deleteRoomAsAgent(roomId: $id, reason: "unsafe") { __typename } }`,
      { id: roomId },
    )
    expect(removed.__typename).toBe('RoomDeleted')
    await eventually(async () => (await bookRoom(hotel, 'guest3', roomId)).__typename === 'NotFound')
    expect(await found({ city })).toEqual([])
  })

  it('2: a host deletes a room with bookings only when saying so; they are refunded', async () => {
    const room = await registerRoom(hotel, 'host2', { cancellationPolicy: 'STRICT' })
    const { booking: one } = await bookRoom(hotel, 'guest4', room)
    const remove = (cancel: boolean) =>
      hotel.one(
        'host2',
        `mutation ($id: ID!, $cancel: Boolean) { deleteRoom(roomId: $id, cancelUpcomingBookings: $cancel) {
           __typename ... on UpcomingBookings { count } } }`,
        { id: room, cancel },
      )
    expect(await remove(false)).toEqual({ __typename: 'UpcomingBookings', count: 1 })
    expect(await remove(true)).toEqual({ __typename: 'RoomDeleted' })
    await eventually(async () => (await booking('guest4', one.id)).payment.status === 'CANCELED')
    expect((await booking('guest4', one.id)).cancellation.canceledBy).toBe('ROOM_DELETED')
    expect(await remove(false)).toEqual({ __typename: 'RoomDeleted' })
  })
})

describe('nights', () => {
  it('of one room go to one of two hundred who want them at once', async () => {
    const room = await registerRoom(hotel, 'host3')
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => bookRoom(hotel, `guest${index + 1}`, room)),
    )
    const of = (type: string) => answers.filter((answer) => answer.__typename === type).length
    expect({ booked: of('RoomBooked'), taken: of('RoomNotAvailable') + of('PaymentBusy') }).toEqual({
      booked: 1,
      taken: 199,
    })
  })

  it.each([
    ['on the day of departure', 33, 35, 'RoomBooked'],
    ['until the day of arrival', 28, 30, 'RoomBooked'],
    ['enclosing', 29, 34, 'RoomNotAvailable'],
    ['enclosed', 31, 32, 'RoomNotAvailable'],
    ['overlapping at the end', 32, 35, 'RoomNotAvailable'],
  ])('a stay %s of another: from day %i to %i', async (_, from, to, answer) => {
    const room = await registerRoom(hotel, 'host4')
    await bookRoom(hotel, 'guest5', room)
    const second = await bookRoom(hotel, 'guest6', room, { startDate: inDays(from), endDate: inDays(to) })
    expect(second.__typename).toBe(answer)
  })

  it('that a host blocks are neither booked nor found', async () => {
    const room = await registerRoom(hotel, 'host5', { city: 'Évora' })
    const change = (field: string, host = 'host5') =>
      hotel.one(
        host,
        `mutation ($id: ID!, $from: Date!, $to: Date!) { ${field}(roomId: $id, startDate: $from, endDate: $to) { __typename } }`,
        { id: room, from: inDays(30), to: inDays(31) },
      )
    expect(await change('blockDates', 'host1')).toEqual({ __typename: 'Forbidden' })
    expect(await change('blockDates')).toEqual({ __typename: 'DatesBlocked' })
    expect((await bookRoom(hotel, 'guest7', room)).__typename).toBe('RoomNotAvailable')
    const stay = { city: 'Évora', startDate: inDays(30), endDate: inDays(32) }
    await eventually(async () => (await found(stay)).length === 0)
    expect(await change('unblockDates')).toEqual({ __typename: 'DatesUnblocked' })
    await eventually(async () => (await found(stay)).length === 1)
  })
})

describe('a host', () => {
  it('books rooms of others, but not the own', async () => {
    const room = await registerRoom(hotel, 'host6')
    expect(await bookRoom(hotel, 'host6', room)).toMatchObject({ __typename: 'Forbidden', code: 'FORBIDDEN' })
    expect((await bookRoom(hotel, 'host7', room)).__typename).toBe('RoomBooked')
  })

  it('keeps the night that has begun when a guest leaves early', async () => {
    const room = await registerRoom(hotel, 'host6', {
      ...{ city: 'Reykjavík', country: 'Iceland', timeZone: 'Atlantic/Reykjavik', checkInTime: '00:00' },
    })
    const stay = { startDate: inDays(0), endDate: inDays(3) }
    const booked = await bookRoom(hotel, 'guest13', room, stay)
    const canceled = await cancelBooking(hotel, 'guest13', booked.booking.id)
    // Of three nights one has begun and one more is kept by the FLEXIBLE policy.
    expect(canceled.booking.cancellation).toEqual({ canceledBy: 'GUEST', refund: { amount: 10_000 } })
  })
})

describe('a payment', () => {
  it('that is declined leaves no booking and frees the nights', async () => {
    const room = await registerRoom(hotel, 'host6')
    const declined = await bookRoom(hotel, 'guest8', room, {
      paymentMethod: 'pm_card_chargeDeclinedInsufficientFunds',
    })
    expect(declined).toMatchObject({ __typename: 'PaymentDeclined', declineCode: 'insufficient_funds' })
    expect((await bookRoom(hotel, 'guest9', room)).__typename).toBe('RoomBooked')
  })

  it('by a method that does not exist is wrong input: the key books once the method is corrected', async () => {
    const room = await registerRoom(hotel, 'host6')
    const intent = { idempotencyKey: 'wrong-method' }
    const wrong = await bookRoom(hotel, 'guest11', room, { ...intent, paymentMethod: 'pm_of_nobody' })
    expect(wrong).toMatchObject({ __typename: 'InvalidInput', field: 'paymentMethod' })
    expect((await bookRoom(hotel, 'guest11', room, intent)).__typename).toBe('RoomBooked')
  })

  it('that was declined needs a new key for another card, and the refusal says so', async () => {
    const room = await registerRoom(hotel, 'host6')
    const intent = { idempotencyKey: 'declined-key' }
    await bookRoom(hotel, 'guest12', room, { ...intent, paymentMethod: 'pm_card_chargeDeclined' })
    const again = await bookRoom(hotel, 'guest12', room, intent)
    expect(again).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      message: expect.stringMatching(/new key/),
    })
  })

  it('whose answer is lost is found out: the guest asks again and is booked once', async () => {
    const room = await registerRoom(hotel, 'host6')
    const control = new URL('/control', hotel.system.record.paymentProvider ?? '')
    await fetch(control, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ loseNext: 1 }),
    })
    const intent = { idempotencyKey: 'lost-answer' }
    const first = await askForRoom(hotel, 'guest10', room, intent)
    expect(['BookingInProgress', 'RoomBooked']).toContain(first.__typename)
    const then = await bookRoom(hotel, 'guest10', room, intent)
    expect(then.__typename).toBe('RoomBooked')
    const { payment } = await booking('guest10', then.booking.id)
    expect(payment).toMatchObject({ status: 'APPROVED', amount: { amount: 30_000 } })
  })
})

describe('what is stored on a machine in Seoul', () => {
  const deadlines = ['deadline', 'due_at', 'lease_until', 'hold_expires_at']
  const columnsSql = `SELECT table_name AS table, column_name AS column FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type LIKE 'timestamp%'`

  it('says of each instant when it was', async () => {
    const strange: object[] = []
    for (const [database, url] of Object.entries(hotel.system.record.databases)) {
      await withClient(url, async (client) => {
        const { rows } = await client.query<{ table: string; column: string }>(columnsSql)
        for (const { table, column } of rows) {
          const { rows: found } = await client.query(
            `SELECT min("${column}") AS first, max("${column}") AS last FROM "${table}"`,
          )
          const [{ first, last }] = found
          const latest = Date.now() + (deadlines.includes(column) ? 10 * 60_000 : 1_000)
          if (first && !(first >= startedAt && last <= latest)) {
            strange.push({ database, table, column, first, last })
          }
        }
      })
    }
    expect(strange).toEqual([])
  })
})

describe('the figures of all processes, after that', () => {
  const managed = () => hotel.system.processes.filter(({ managementUrl }) => managementUrl)
  const read = async (url = '') => (await fetch(`${url}/metrics`)).text()

  it('are those that rules and dashboards read', async () => {
    const names = await namesRead()
    await eventually(async () => {
      const texts = await Promise.all(managed().map(({ managementUrl }) => read(managementUrl)))
      return missingOf(names, texts).length === 0
    })
  })

  it('are few, whatever was asked', async () => {
    for (const { managementUrl } of managed()) {
      const series = (await read(managementUrl)).split('\n').filter((line) => /^[a-z]/.test(line))
      expect(series.length).toBeGreaterThan(20)
      expect(series.length).toBeLessThan(1_000)
    }
  })

  it('tell what came of operations', async () => {
    const router = await read(hotel.system.managementUrl('router'))
    const counted = 'myhotel_operation_duration_seconds_count'
    const count = (field: string, outcome: string) =>
      Number(router.split(`${counted}{field="${field}",outcome="${outcome}"} `)[1]?.split('\n')[0])
    expect(count('bookRoom', 'ok')).toBeGreaterThan(1)
    expect(count('bookRoom', 'refused')).toBeGreaterThan(0)
    expect(count('searchRooms', 'ok')).toBeGreaterThan(2)
    expect(count('bookRoom', 'error')).toBeNaN()
  })
})
