import { type Bus, createBus } from '@myhotel/kit/bus'
import { createLogger } from '@myhotel/kit/logger'
import { createTestDatabase, createTestIdentities, eventually, testService } from '@myhotel/kit/testing'
import { freePort, startSubgraph, type TestCaller } from '@myhotel/kit/testing-subgraph'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from './adapters/database.ts'
import { serviceCenterApi } from './adapters/testing-api.ts'
import { standIn } from './adapters/testing-stand-in.ts'
import { compose } from './compose.ts'

const log = createLogger('servicecenter', 'silent')
const NATS_URL = testService('NATS')
const guest: TestCaller = { user: 'guest1', roles: ['guest'] }
const otherGuest: TestCaller = { user: 'guest2', roles: ['guest'] }
const agent: TestCaller = { user: 'agent1', roles: ['agent'] }
const otherAgent: TestCaller = { user: 'agent2', roles: ['agent'] }

let servicecenter: Awaited<ReturnType<typeof startSubgraph>>
let opened: ReturnType<typeof openDatabase>
let database: Database
let bus: Bus
let book: ReturnType<typeof standIn>
let cancel: (args: Record<string, unknown>) => unknown
let dropDatabase: () => Promise<void>

beforeAll(async () => {
  const { url, drop } = await createTestDatabase('servicecenter')
  dropDatabase = drop
  opened = openDatabase(url)
  database = opened.database
  bus = createBus({ url: NATS_URL, replicas: 1, name: 'test', log })
  const identities = await createTestIdentities('servicecenter')
  const port = await freePort()
  const mutation = {
    cancelBookingForServiceCenter: (_: unknown, args: Record<string, unknown>) => cancel(args),
  }
  book = standIn({ name: 'book', port, keys: identities.keys, mutation })
  await book.start?.({ check: async () => ({ ready: true, parts: {} }) })
  servicecenter = await startSubgraph(
    'servicecenter',
    (env) =>
      compose(
        {
          ...env,
          NATS_URL,
          NATS_REPLICAS: 1,
          SERVICECENTER_DATABASE_URL: url,
          BOOK_URL: `http://127.0.0.1:${port}`,
          // Nobody is there: room is down.
          ROOM_URL: 'http://127.0.0.1:1',
          IDENTITY_PRIVATE_KEY: identities.privateKey('servicecenter'),
        },
        log,
      ),
    ['book'],
  )
})

afterAll(async () => {
  await servicecenter.stop()
  await book.stop?.()
  await bus.stop?.()
  await opened.part.stop?.()
  await dropDatabase()
})

const api = serviceCenterApi((...asked) => servicecenter.ask(...asked))

async function filed(caller: TestCaller, input: object = { text: 'Too cold.' }) {
  return (await api.file(input, caller)).result!.complaint
}

const recordOf = (subjectId: string) =>
  database.agentAction.findMany({ where: { subjectId }, include: { outcome: true }, orderBy: { id: 'asc' } })

describe('complaints', () => {
  it('are filed by guests, closed by agents, once, and both is announced', async () => {
    const [bookingId, roomId] = [newId(), newId()]
    const { result, headers } = await api.file(
      { text: 'Too cold.', bookingId: bookingId.toUpperCase(), roomId },
      guest,
    )
    const { complaint } = result!
    expect(result).toMatchObject({
      __typename: 'ComplaintFiled',
      complaint: {
        guestId: 'guest1',
        status: 'OPEN',
        booking: { id: bookingId },
        room: { id: roomId },
        closedAt: null,
      },
    })
    expect(headers.get('x-wrote')).toBe(`servicecenter.${complaint.id}:1`)

    const first = await api.close({ complaintId: complaint.id, resolution: 'Heated.' }, agent)
    expect(first.result).toMatchObject({
      __typename: 'ComplaintClosed',
      complaint: { id: complaint.id, status: 'CLOSED', resolution: 'Heated.', closedBy: 'agent1' },
    })
    const again = await api.close({ complaintId: complaint.id, resolution: 'No.' }, otherAgent)
    expect(again.result).toEqual(first.result)

    const record = await recordOf(complaint.id)
    expect(
      record.map(({ agentId, kind, reason, outcome }) => [agentId, kind, reason, outcome?.outcome]),
    ).toEqual([
      ['agent1', 'CLOSE_COMPLAINT', 'Heated.', 'DONE'],
      ['agent2', 'CLOSE_COMPLAINT', 'No.', 'DONE'],
    ])
    const published = await eventually(async () => {
      const types: unknown[] = []
      await bus.replay('servicecenter', ({ envelope }) => {
        if (envelope?.aggregateId === complaint.id) types.push([envelope.version, envelope.type])
      })
      return types.length >= 2 && types
    })
    expect(published).toEqual([
      [1, 'ComplaintFiled'],
      [2, 'ComplaintClosed'],
    ])
  })

  it('are refused where they say nothing', async () => {
    expect((await api.file({ text: '' }, guest)).result).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'text',
    })
    expect((await api.file({ text: 'a\0b' }, guest)).result).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'text',
    })
    const closed = await api.close({ complaintId: (await filed(guest)).id, resolution: '' }, agent)
    expect(closed.result).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT' })
    expect((await api.close({ complaintId: newId() }, agent)).result).toMatchObject({ code: 'NOT_FOUND' })
    expect((await api.close({ complaintId: 'no id' }, agent)).result).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('are seen by their guest and by agents, the newest first, page by page', async () => {
    const nobody: TestCaller = { user: newId(), roles: ['guest'] }
    const ids = [(await filed(nobody)).id, (await filed(nobody)).id, (await filed(nobody)).id].toReversed()
    const page = await api.list('first: 2', nobody)
    expect(page).toMatchObject({ ids: ids.slice(0, 2), pageInfo: { hasNextPage: true } })
    const next = await api.list(`first: 2, after: "${page.pageInfo?.endCursor}"`, nobody)
    expect(next).toMatchObject({ ids: ids.slice(2), pageInfo: { hasNextPage: false } })
    expect((await api.list('first: 3', agent)).ids).toEqual(ids)
    expect((await api.list('status: CLOSED', nobody)).ids).toEqual([])

    const one = `{ complaint(id: "${ids[0]}") { id } }`
    for (const caller of [nobody, agent]) {
      expect((await servicecenter.ask(one, {}, caller)).data).toEqual({ complaint: { id: ids[0] } })
    }
    expect((await servicecenter.ask(one, {}, otherGuest)).data).toEqual({ complaint: null })
    expect((await servicecenter.ask('{ complaint(id: "\\u0000") { id } }', {}, agent)).data).toEqual({
      complaint: null,
    })
  })

  it.each([
    'first: -1',
    'first: 101',
    'after: "x"',
    `after: "${Buffer.from('["a"]').toString('base64url')}"`,
  ])('are not listed by %s', async (args) => {
    expect((await api.list(args, agent)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})

describe('who may do what', () => {
  const host: TestCaller = { user: 'host1', roles: ['host'] }
  const service: TestCaller = { service: 'book' }
  const bookingId = newId()
  const attempts = {
    file: (caller?: TestCaller) => api.file({ text: 'Too cold.' }, caller),
    close: (caller?: TestCaller) => api.close({ complaintId: newId() }, caller),
    cancel: (caller?: TestCaller) => api.cancelAsAgent({ bookingId }, caller),
    delete: (caller?: TestCaller) => api.deleteAsAgent(newId(), caller),
    list: (caller?: TestCaller) => api.list('first: 1', caller),
  }
  it.each([
    ['file', undefined, 'UNAUTHENTICATED'],
    ['file', service, 'FORBIDDEN'],
    ['file', agent, 'FORBIDDEN'],
    ['close', undefined, 'UNAUTHENTICATED'],
    ['close', guest, 'FORBIDDEN'],
    ['cancel', undefined, 'UNAUTHENTICATED'],
    ['cancel', service, 'FORBIDDEN'],
    ['cancel', guest, 'FORBIDDEN'],
    ['cancel', host, 'FORBIDDEN'],
    ['delete', host, 'FORBIDDEN'],
    ['list', undefined, 'UNAUTHENTICATED'],
    ['list', host, 'FORBIDDEN'],
  ] as const)('%s by %o: %s', async (what, caller, code) => {
    const { errors } = await attempts[what](caller)
    expect(errors).toMatchObject([{ extensions: { code } }])
    expect(await recordOf(bookingId)).toEqual([])
  })
})

describe('what agents do to bookings and rooms', () => {
  it('is recorded before it is done, with what came of it afterwards', async () => {
    const bookingId = newId()
    const { id: complaintId } = await filed(guest, { text: 'Cancel it, please.', bookingId })
    let before: Awaited<ReturnType<typeof recordOf>> = []
    cancel = async (args) => {
      before = await recordOf(bookingId)
      return { __typename: 'BookingCanceled', booking: { id: args.bookingId } }
    }
    const { result } = await api.cancelAsAgent({ bookingId, complaintId }, agent)
    expect(result).toEqual({ __typename: 'BookingCanceled', booking: { id: bookingId } })
    const wish = { agentId: 'agent1', kind: 'CANCEL_BOOKING', reason: 'The guest is ill.', complaintId }
    expect(before).toMatchObject([{ ...wish, outcome: null }])
    expect(await recordOf(bookingId)).toMatchObject([{ ...wish, outcome: { outcome: 'DONE' } }])
  })

  it('is recorded where it is refused', async () => {
    const bookingId = newId()
    cancel = () => ({ __typename: 'NotCancelable', code: 'NOT_CANCELABLE', message: 'this stay is over' })
    expect((await api.cancelAsAgent({ bookingId }, agent)).result).toMatchObject({ code: 'NOT_CANCELABLE' })
    expect(await recordOf(bookingId)).toMatchObject([{ outcome: { outcome: 'NOT_CANCELABLE' } }])
  })

  it('is told as unavailable while the other service is down, and recorded', async () => {
    const roomId = newId()
    const { result } = await api.deleteAsAgent(roomId, agent)
    expect(result).toMatchObject({ __typename: 'ServiceUnavailable', retryAfterSeconds: 5 })
    const record = await recordOf(roomId)
    expect(record).toMatchObject([{ kind: 'DELETE_ROOM', outcome: { outcome: 'SERVICE_UNAVAILABLE' } }])
  })

  it.each([
    ['without a reason', { bookingId: newId(), reason: '' }, { code: 'INVALID_INPUT', field: 'reason' }],
    ['of what cannot exist', { bookingId: 'b1' }, { code: 'NOT_FOUND' }],
    [
      'for a complaint that nobody filed',
      { bookingId: newId(), complaintId: newId() },
      { code: 'NOT_FOUND' },
    ],
  ])('is refused %s, without a call or a record', async (_, args, refusal) => {
    cancel = () => Promise.reject(new Error('nobody should ask'))
    const actions = await database.agentAction.count()
    expect((await api.cancelAsAgent(args, agent)).result).toMatchObject(refusal)
    expect(await database.agentAction.count()).toBe(actions)
  })
})
