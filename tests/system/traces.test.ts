import { readFile } from 'node:fs/promises'
import { withClient } from '@myhotel/kit/postgres'
import { eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Span } from '../../tools/observe/traces/otlp.ts'
import { type Row, waterfall } from '../../tools/observe/traces/waterfall.ts'
import { type Hotel, inDays, openHotel, registerRoom } from './hotel.ts'

let hotel: Hotel
let trace: Row[]

/** Another system's trace, which says that it is recorded. */
const stranger = `00-${'5'.repeat(32)}-${'5'.repeat(16)}-01`

const bookRoomDocument = `mutation ($input: BookRoomInput!) { bookRoom(input: $input) { __typename } }`

/** Books once more, and answers the id of the request's trace, which is also its correlation id. */
async function book(roomId: string, fromDay: number): Promise<string> {
  const stay = { startDate: inDays(fromDay), endDate: inDays(fromDay + 1) }
  const more = { guests: 1, paymentMethod: 'pm_card_visa', idempotencyKey: `trace-${fromDay}` }
  const { record } = hotel.system
  const response = await fetch(record.router, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await hotel.system.token('guest1')}`,
      traceparent: stranger,
    },
    body: JSON.stringify({ query: bookRoomDocument, variables: { input: { roomId, ...stay, ...more } } }),
  })
  expect(await response.json()).toMatchObject({ data: { bookRoom: { __typename: 'RoomBooked' } } })
  return response.headers.get('x-correlation-id') ?? ''
}

async function spansOf(traceId: string): Promise<Span[]> {
  const response = await fetch(`${hotel.system.record.traces}/traces/${traceId}/spans.json`)
  return response.ok ? ((await response.json()) as Span[]) : []
}

const called = ({ span }: Row) => `${span.service} ${span.name}`

/** Who does something about each event of a booking. */
const consumers = {
  Booked: ['mypage', 'notification', 'payment', 'room'],
  PaymentApproved: ['marketing', 'mypage', 'notification'],
  BookCounted: ['mypage', 'room'],
  NotificationSent: ['mypage'],
}

/** Whether all has arrived: what causes others is sent after them, by the same program. */
function isWhole(rows: readonly Row[]): boolean {
  const names = rows.map(called)
  const count = (name: string) => names.filter((each) => each === name).length
  const handled = Object.entries(consumers).every(([event, services]) =>
    services.every((service) => count(`${service} process ${event}`) > 0),
  )
  // The guest is written to twice, the host once, and My Page counts all three.
  const told = count('notification deliver EMAIL') === 3 && count('mypage process NotificationSent') >= 3
  return handled && told && rows.filter(({ depth }) => depth === 0).length === 1
}

beforeAll(async () => {
  hotel = await openHotel({ traces: true })
  const roomId = await registerRoom(hotel, 'host1')
  // From here on book knows the room itself, and the router has a plan.
  await eventually(() =>
    withClient(hotel.system.databaseUrl('book'), async (client) => {
      const { rowCount } = await client.query('SELECT FROM room_listing WHERE room_id = $1', [roomId])
      return rowCount === 1
    }),
  )
  await book(roomId, 30)
  const traceId = await book(roomId, 40)
  trace = await eventually(async () => {
    const rows = waterfall(await spansOf(traceId))
    return isWhole(rows) ? rows : null
  })
})
afterAll(() => hotel?.close())

it('a booking is one trace, which begins at the router whatever a client sends', async () => {
  const [first] = trace
  expect(first?.span).toMatchObject({
    name: 'mutation bookRoom',
    service: 'router',
    kind: 'server',
    failed: false,
  })
  expect(first?.span.parentSpanId).toBeNull()
  expect(first?.span.attributes).toMatchObject({
    'http.response.status_code': '200',
    'graphql.operation.type': 'mutation',
  })
  expect(await spansOf('5'.repeat(32))).toEqual([])
})

it('what the guest waits for: router, book, payment, the provider, and each statement', () => {
  const isLater = ({ span }: Row) => span.kind === 'producer'
  const ids = new Set<string>()
  const waitedFor = trace.filter((row) => {
    const waits = row.depth === 0 || (ids.has(row.span.parentSpanId ?? '') && !isLater(row))
    if (waits) ids.add(row.span.spanId)
    return waits
  })
  expect(waitedFor.map((row) => `${'  '.repeat(row.depth)}${called(row)}`)).toEqual([
    'router mutation bookRoom',
    '  router fetch book',
    '    book mutation bookRoom',
    '      book SELECT room_listing',
    '      book INSERT stay_claim INSERT booking_attempt',
    '      book payment mutation approvePayment',
    '        payment mutation approvePayment',
    '          payment INSERT payment',
    '          payment provider charge',
    '          payment UPDATE payment INSERT refund INSERT outbox',
    '      book UPDATE booking_attempt UPDATE stay_claim INSERT booking INSERT outbox',
  ])
  expect(waitedFor.filter(({ span }) => span.failed)).toEqual([])
  const charge = waitedFor.find(({ span }) => span.name === 'provider charge')
  expect(charge?.span.attributes['myhotel.outcome']).toBe('captured')
})

it('what follows: each event with its consumers, which are linked to its publication', () => {
  const byId = new Map(trace.map((row) => [row.span.spanId, row]))
  const parentOf = ({ span }: Row) => byId.get(span.parentSpanId ?? '')
  const publications = trace.filter(({ span }) => span.kind === 'producer')
  const from = (row: Row) => `${called(row)} < ${called(parentOf(row) as Row)}`
  expect([...new Set(publications.map(from))].sort()).toEqual([
    'book publish Booked < book mutation bookRoom',
    'marketing publish BookCounted < marketing process PaymentApproved',
    'notification publish NotificationSent < notification process Booked',
    'notification publish NotificationSent < notification process PaymentApproved',
    'payment publish PaymentApproved < payment mutation approvePayment',
  ])
  const handled = trace.filter(({ span }) => span.kind === 'consumer')
  for (const [event, services] of Object.entries(consumers)) {
    const found = handled.filter(({ span }) => span.name === `process ${event}`)
    expect([event, [...new Set(found.map(({ span }) => span.service))].sort()]).toEqual([event, services])
  }
  for (const row of handled) {
    expect(parentOf(row)?.span.name).toBe(row.span.name.replace('process', 'publish'))
    expect(row.span.links.map(({ spanId }) => spanId)).toEqual([row.span.parentSpanId])
  }
})

it('down to the mails, and to what is read of them', () => {
  const carried = trace.filter(({ span }) => span.name === 'deliver EMAIL')
  expect(carried.map(({ span }) => span.attributes['myhotel.delivery.state'])).toEqual(
    Array(3).fill('DELIVERED'),
  )
  const above = (row: Row) => trace.find(({ span }) => span.spanId === row.span.parentSpanId)
  expect(carried.map((row) => above(row)?.span.name).sort()).toEqual([
    ...['process Booked', 'process Booked', 'process PaymentApproved'],
  ])
  expect(trace.filter((row) => called(row) === 'mypage redis apply').length).toBeGreaterThanOrEqual(2)
})

it('the logs name it', async () => {
  const traceId = trace[0]?.span.traceId
  const lines = (await readFile(hotel.system.logFile('router'), 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"request"'))
  expect(lines.map((line) => JSON.parse(line).trace_id)).toContain(traceId)
})
