import { beforeAll, describe, expect, it } from 'vitest'
import { askForRoom, bookRoom, inDays, registerRoom } from '../system/hotel.ts'
import { client } from './target.ts'
import { staysUnharmed, writeNothing } from './unharmed.ts'

let roomId: string
beforeAll(async () => {
  roomId = await registerRoom(client, 'host51', { bookingWindowDays: 3650, timeZone: 'Europe/Lisbon' })
})

const quote = (id: string, startDate: unknown, endDate: unknown, guests: unknown = 1) =>
  client.send(
    'guest51',
    `query ($id: ID!, $startDate: Date!, $endDate: Date!, $guests: Int) { room(id: $id) {
       quote(startDate: $startDate, endDate: $endDate, guests: $guests) {
         __typename ... on Quote { nights total { amount currency } price { lines { kind label amount { amount currency } } } }
         ... on InvalidInput { field } } } }`,
    { id, startDate, endDate, guests },
  )
const isLeap = (year: number) => new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1
const years = Array.from({ length: 8 }, (_, index) => new Date().getUTCFullYear() + 1 + index)
const leap = years.find(isLeap)
const common = years.find((year) => !isLeap(year))
const today = (timeZone: string) => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date())
const after = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** Dates that are none: refused by the router, whatever field they are for. */
const noDates = [
  ...[`${common}-02-29`, '2027-02-30', '2027-13-01', '2027-00-10', '2027-04-31', '0000-01-01', '0001-01-01'],
  ...[
    '10000-01-01',
    '+012027-01-01',
    '-002027-01-01',
    '2027-1-1',
    '20270101',
    '2027-W05-1',
    '2027-02-01T00:00:00Z',
  ],
  ...[
    ' 2027-02-01',
    '2027-02-01 ',
    '２０２７-02-01',
    'tomorrow',
    '',
    'NaN',
    '1e9',
    20270201,
    1.5,
    true,
    null,
    {},
    [],
  ],
]

describe('dates that make no sense', () => {
  it('that are none are refused, as variables and in the document', async () => {
    for (const date of noDates) {
      const { status, errors } = await quote(roomId, date, '2027-03-05')
      expect([[200, 400].includes(status), errors?.[0]?.extensions.code], JSON.stringify(date)).toEqual([
        true,
        'BAD_USER_INPUT',
      ])
      const literal = `{ room(id: "${roomId}") { quote(startDate: ${JSON.stringify(date)?.replace(/^{}$/, '{a: 1}')}, endDate: "2027-03-05") { __typename } } }`
      const written = await client.send('guest51', literal)
      expect([written.status, written.errors?.[0]?.extensions.code]).toEqual([
        400,
        'GRAPHQL_VALIDATION_FAILED',
      ])
      const booked = await client.send(
        'guest51',
        'mutation ($i: BookRoomInput!) { bookRoom(input: $i) { __typename } }',
        {
          i: {
            roomId,
            startDate: date,
            endDate: '2027-03-05',
            paymentMethod: 'pm_card_visa',
            idempotencyKey: 'x',
          },
        },
      )
      expect(booked.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    }
  })

  it.each([
    ['that end when they begin', inDays(10), inDays(10), 'endDate'],
    ['that end before they begin', inDays(10), inDays(9), 'endDate'],
    ['that are over', '2020-01-01', '2020-01-02', 'startDate'],
    ['of the last year there is', '9999-12-30', '9999-12-31', 'startDate'],
    ['of the first year there is', '1000-01-01', '1000-01-02', 'startDate'],
    ['of nine thousand years', inDays(10), '9999-12-31', 'endDate'],
  ])('%s are refused by name, by every use of them', async (_, startDate, endDate, field) => {
    const quoted = await quote(roomId, startDate, endDate)
    expect(quoted.data.room.quote).toEqual({ __typename: 'InvalidInput', field })
    expect(await askForRoom(client, 'guest51', roomId, { startDate, endDate })).toMatchObject({
      __typename: 'InvalidInput',
      field,
    })
    // A host may block a night of any year.
    if (startDate > '9999') return
    for (const mutation of ['blockDates', 'unblockDates']) {
      const blocked = await client.one(
        'host51',
        `mutation ($id: ID!, $s: Date!, $e: Date!) { ${mutation}(roomId: $id, startDate: $s, endDate: $e) {
           __typename ... on InvalidInput { field } } }`,
        { id: roomId, s: startDate, e: endDate },
      )
      expect(blocked).toEqual({ __typename: 'InvalidInput', field })
    }
  })

  it('of a search are refused where they have no sense, and find nothing where nobody can book', async () => {
    const search = (startDate: string, endDate: string) =>
      client.send('guest51', 'query ($f: RoomFilter) { searchRooms(filter: $f) { edges { cursor } } }', {
        f: { startDate, endDate },
      })
    for (const end of [inDays(3), inDays(2)]) {
      const { errors } = await search(inDays(3), end)
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'endDate' })
    }
    for (const start of ['1000-01-01', '9999-12-30']) {
      expect((await search(start, '9999-12-31')).data.searchRooms.edges).toEqual([])
    }
  })

  writeNothing()
})

describe('dates that make sense', () => {
  it('29 February is a night of a leap year', async () => {
    const { data } = await quote(roomId, `${leap}-02-28`, `${leap}-03-01`)
    expect(data.room.quote).toMatchObject({ __typename: 'Quote', nights: 2 })
  })

  it.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu', 'Europe/Lisbon'])(
    'past and present are those of the room: %s',
    async (timeZone) => {
      const room = await registerRoom(client, 'host51', { timeZone })
      const here = today(timeZone)
      const past = await quote(room, after(here, -1), after(here, 1))
      expect(past.data.room.quote).toEqual({ __typename: 'InvalidInput', field: 'startDate' })
      expect((await quote(room, here, after(here, 1))).data.room.quote).toMatchObject({
        __typename: 'Quote',
        nights: 1,
      })
    },
  )

  it('the nights on which clocks change are one night each', async () => {
    const year = years[0]
    const lastSunday = (month: number) => {
      const last = new Date(Date.UTC(year ?? 0, month, 0))
      return after(last.toISOString().slice(0, 10), -last.getUTCDay())
    }
    for (const sunday of [lastSunday(3), lastSunday(10)]) {
      const { data } = await quote(roomId, after(sunday, -1), after(sunday, 1))
      expect(data.room.quote).toMatchObject({ nights: 2, total: { amount: 20_000, currency: 'EUR' } })
    }
  })
})

const register = (input: object) =>
  client.send(
    'host51',
    'mutation ($input: RegisterRoomInput!) { registerRoom(input: $input) { __typename ... on InvalidInput { field } } }',
    {
      input: {
        name: 'x',
        city: 'x',
        country: 'Portugal',
        pricePerNight: { amount: 1, currency: 'EUR' },
        ...input,
      },
    },
  )

describe('money that makes no sense', () => {
  it('that is no amount is refused', async () => {
    for (const amount of [2 ** 53, 2 ** 53 + 2, 1.5, '1', 'NaN', true, null, [1, 2], {}, -(2 ** 53)]) {
      const { status, errors } = await register({ pricePerNight: { amount, currency: 'EUR' } })
      expect([[200, 400].includes(status), errors?.[0]?.extensions.code], JSON.stringify(amount)).toEqual([
        true,
        'BAD_USER_INPUT',
      ])
    }
    for (const amount of [0, -1, -(2 ** 31), -(2 ** 53) + 1]) {
      const { data } = await register({ pricePerNight: { amount, currency: 'EUR' } })
      expect(data.registerRoom).toEqual({ __typename: 'InvalidInput', field: 'pricePerNight' })
    }
    for (const taxPercent of [-0.01, 100.0001, 7.12345, 1e-7, 1e300, -1e300]) {
      expect((await register({ taxPercent })).data.registerRoom).toEqual({
        __typename: 'InvalidInput',
        field: 'taxPercent',
      })
    }
    const { data } = await register({ cleaningFee: { amount: -1, currency: 'EUR' } })
    expect(data.registerRoom).toEqual({ __typename: 'InvalidInput', field: 'cleaningFee' })
  })

  it('of a currency that is none, or is not the room’s, is refused', async () => {
    for (const currency of ['eur', 'EURO', 'EU', '', 'E\0R', '€', '978', null, 978, 'XXX', 'XAU', 'DEM']) {
      const { errors } = await register({ pricePerNight: { amount: 1, currency } })
      expect(errors?.[0]?.extensions.code, String(currency)).toBe('BAD_USER_INPUT')
    }
    const { data } = await register({ cleaningFee: { amount: 1, currency: 'USD' } })
    expect(data.registerRoom).toEqual({ __typename: 'InvalidInput', field: 'cleaningFee' })
    const expected = (expectedTotal: object) => askForRoom(client, 'guest51', roomId, { expectedTotal })
    for (const expectedTotal of [
      { amount: 30_000, currency: 'USD' },
      { amount: 0, currency: 'EUR' },
      { amount: -30_000, currency: 'EUR' },
    ]) {
      expect(await expected(expectedTotal)).toMatchObject({
        __typename: 'PriceChanged',
        total: { amount: 30_000, currency: 'EUR' },
      })
    }
  })

  writeNothing()
})

describe('money', () => {
  it.each([
    ['JPY', 7_501, 825, '¥'],
    ['KWD', 12_345, 1_358, 'KWD'],
    ['EUR', 9_999, 1_100, '€'],
  ])('is minor units in any currency: %s', async (currency, amount, tax) => {
    const room = await registerRoom(client, 'host51', { pricePerNight: { amount, currency }, taxPercent: 11 })
    const { data } = await quote(room, inDays(30), inDays(31))
    const total = { amount: amount + tax, currency }
    expect(data.room.quote.total).toEqual(total)
    const booked = await bookRoom(client, 'guest51', room, {
      startDate: inDays(30),
      endDate: inDays(31),
      expectedTotal: total,
    })
    expect(booked.booking.price.total).toEqual(total)
  })

  it('whose sum no client could be told is refused when it is asked for', async () => {
    const room = await registerRoom(client, 'host51', {
      pricePerNight: { amount: 2 ** 53 - 1, currency: 'EUR' },
    })
    expect((await quote(room, inDays(30), inDays(32))).data.room.quote).toEqual({
      __typename: 'InvalidInput',
      field: 'endDate',
    })
    expect((await quote(room, inDays(30), inDays(31))).data.room.quote.total.amount).toBe(2 ** 53 - 1)
  })

  it('and guests are numbers that make sense', async () => {
    for (const guests of [0, -1, 2 ** 31 - 1]) {
      expect((await quote(roomId, inDays(30), inDays(31), guests)).data.room.quote).toEqual({
        __typename: 'InvalidInput',
        field: 'guests',
      })
    }
    for (const guests of [2 ** 31, 1.5, '1', true]) {
      expect((await quote(roomId, inDays(30), inDays(31), guests)).errors?.[0]?.extensions.code).toBe(
        'BAD_USER_INPUT',
      )
    }
  })
})

staysUnharmed()
