import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { causeOf, openConnection, understand } from './connection.ts'
import { createTally } from './outcomes.ts'
import { book } from './requests.ts'
import { sumUp } from './siege.ts'
import { createStays } from './stays.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(answer: RequestListener): Promise<URL> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`)
}

describe('an answer', () => {
  test('counts only if it is whole', () => {
    expect(understand(200, '{"data":{"a":1}}')).toEqual({ data: { a: 1 } })
    const failures = [
      [
        200,
        '{"data":{"a":null},"errors":[{"message":"no","path":["a",0,"b"],"extensions":{"code":"BUSY"}}]}',
      ],
      [503, '{"errors":[{"message":"away"}]}'],
      [502, '<html>Bad gateway</html>'],
      [200, '{"data":null}'],
    ] as const
    const causes = failures.map(([status, text]) => {
      const answer = understand(status, text)
      return answer.data === null && answer.outcome.is === 'failed' ? answer.outcome.cause : undefined
    })
    expect(causes).toEqual([
      '200 BUSY at a.b',
      '503 away at request',
      '502 <html>Bad gateway</html>',
      '200 without data',
    ])
  })
})

describe('a connection', () => {
  test('is kept, and what is lost on it is not sent again', async () => {
    let requests = 0
    const url = await serve((request, response) => {
      requests += 1
      if (requests === 2) request.socket.destroy()
      else response.end('{"data":{"a":1}}')
    })
    const seen = { connections: 0, closes: 0 }
    const connection = openConnection(url, seen)
    closing.push(() => connection.close())
    const answers = []
    for (let count = 0; count < 3; count += 1) answers.push(await connection.ask('', '{a}', {}))
    expect(answers.map(({ data }) => data)).toEqual([{ a: 1 }, null, { a: 1 }])
    expect(requests).toBe(3)
    expect(seen.connections).toBe(2)
  })

  test('tells faults by short names', async () => {
    const url = await serve((request) => request.socket.destroy())
    const connection = openConnection(url, { connections: 0, closes: 0 })
    closing.push(() => connection.close())
    expect(await connection.ask('', '{a}', {})).toMatchObject({ outcome: { cause: /^UND_ERR_SOCKET/ } })
    expect(causeOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED')
  })
})

describe('bookRoom', () => {
  const intent = { guest: 'guest1', key: 'k', roomId: 'r', startDate: '2027-01-01', endDate: '2027-01-02' }
  const booking = (status: string, payment: string) => ({
    __typename: 'RoomBooked',
    booking: { id: 'b', status, payment: { status: payment } },
  })

  test.each([
    [booking('BOOKED', 'APPROVED'), 'ok'],
    [booking('CANCELED', 'APPROVED'), 'wrong'],
    [booking('BOOKED', 'CANCELED'), 'wrong'],
    [{ __typename: 'BookingInProgress' }, 'later'],
    [{ __typename: 'PaymentBusy' }, 'later'],
    [{ __typename: 'RoomNotAvailable' }, 'wrong'],
  ])('%j is %s', async (bookRoom, is) => {
    const url = await serve((_, response) => response.end(JSON.stringify({ data: { bookRoom } })))
    const connection = openConnection(url, { connections: 0, closes: 0 })
    closing.push(() => connection.close())
    expect((await book(connection, 'token', intent)).outcome.is).toBe(is)
  })
})

describe('a tally', () => {
  test('counts outcomes, their causes, latencies and the times without a success', () => {
    const tally = createTally(1_000)
    tally.add({ is: 'ok' }, 1_100, 10)
    tally.add({ is: 'failed', cause: 'ECONNREFUSED' }, 1_200, 1)
    tally.add({ is: 'later', cause: 'PaymentBusy' }, 1_300, 2)
    tally.add({ is: 'failed', cause: 'ECONNREFUSED' }, 1_400, 3)
    tally.add({ is: 'ok' }, 4_000, 20)
    expect(tally.report(6_020)).toMatchObject({
      ...{ ok: 2, failed: 2, later: 1, wrong: 0 },
      causes: { ECONNREFUSED: 2, PaymentBusy: 1 },
      latency: { p50: 3, max: 20 },
      gaps: [
        { from: 1_110, to: 4_020 },
        { from: 4_020, to: 6_020 },
      ],
    })
  })
})

test('sieges add up, and one failure in a million is no 100 %', () => {
  const one = {
    ...{ transactions: 750_000, failed_transactions: 0, availability: 100, transaction_rate: 100 },
    ...{ elapsed_time: 7_500, response_time: 0.1, longest_transaction: 2 },
  }
  const other = {
    ...one,
    transactions: 250_000,
    failed_transactions: 1,
    elapsed_time: 2_500,
    response_time: 0.3,
  }
  const sum = sumUp([one, other])
  expect(sum).toMatchObject({ transactions: 1_000_000, failed_transactions: 1, availability: 99.99 })
  expect(sum).toMatchObject({ elapsed_time: 10_000, transaction_rate: 100, longest_transaction: 2 })
  expect(sum.response_time).toBeCloseTo(0.15)
})

describe('stays', () => {
  test('are of nobody else: neither keys nor nights of a room come twice', async () => {
    let rooms = 0
    const newRoom = async () => `room${rooms++}`
    const workers = await Promise.all(
      [0, 1].map((worker) => createStays({ run: 'x', worker, today: '2027-01-01', newRoom })),
    )
    const stays = []
    for (const worker of workers) for (let count = 0; count < 700; count += 1) stays.push(await worker.next())
    expect(new Set(stays.map(({ key }) => key)).size).toBe(1_400)
    expect(new Set(stays.map(({ roomId, startDate }) => `${roomId} ${startDate}`)).size).toBe(1_400)
    expect(rooms).toBe(6)
    expect(stays[0]).toMatchObject({ startDate: '2027-01-04', endDate: '2027-01-05' })
  })
})
