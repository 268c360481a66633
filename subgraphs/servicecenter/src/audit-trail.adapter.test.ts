import { AccessRefused } from '@myhotel/contracts/audit'
import { announcement } from '@myhotel/contracts/event'
import { type Bus, createBus } from '@myhotel/kit/bus'
import { createLogger } from '@myhotel/kit/logger'
import {
  asEvent,
  createTestDatabase,
  createTestIdentities,
  eventually,
  testService,
} from '@myhotel/kit/testing'
import { startSubgraph, type TestCaller } from '@myhotel/kit/testing-subgraph'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceCenterApi } from './adapters/testing-api.ts'
import { compose } from './compose.ts'

const log = createLogger('servicecenter', 'silent')
const NATS_URL = testService('NATS')
const guest: TestCaller = { user: 'guest1', roles: ['guest'] }
/** Nobody else's test has this agent. */
const agent = { user: `agent ${newId()}`, roles: ['agent'] }
let servicecenter: Awaited<ReturnType<typeof startSubgraph>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let bus: Bus

beforeAll(async () => {
  database = await createTestDatabase('servicecenter')
  bus = createBus({ url: NATS_URL, replicas: 1, name: 'test', log })
  const identities = await createTestIdentities('servicecenter')
  const own = {
    ...{ NATS_URL, NATS_REPLICAS: 1, SERVICECENTER_DATABASE_URL: database.url },
    // Nobody is there.
    ...{ BOOK_URL: 'http://127.0.0.1:1', ROOM_URL: 'http://127.0.0.1:1' },
    IDENTITY_PRIVATE_KEY: identities.privateKey('servicecenter'),
  }
  servicecenter = await startSubgraph('servicecenter', (env) => compose({ ...env, ...own }, log))
})
afterAll(async () => {
  await servicecenter?.stop()
  await bus?.stop?.()
  await database?.drop()
})

const api = serviceCenterApi((...asked) => servicecenter.ask(...asked))

type Entry = Record<string, unknown> & { id: string; at: string; subject: { id: string } }
type Trail = {
  edges: { cursor: string; node: Entry }[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
}

const trailQuery = `query ($first: Int, $after: String, $actor: ID, $action: String, $subjectId: ID, $since: DateTime,
    $until: DateTime) {
  auditTrail(first: $first, after: $after, actor: $actor, action: $action, subjectId: $subjectId, since: $since,
    until: $until) {
    edges { cursor node { id at actor roles action subject { type id } outcome code reason complaintId
      correlationId } }
    pageInfo { hasNextPage endCursor } } }`

async function trail(variables: object): Promise<Trail> {
  const { data, errors } = await servicecenter.ask<{ auditTrail: Trail }>(trailQuery, variables, agent)
  if (!data) throw new Error(JSON.stringify(errors))
  return data.auditTrail
}

/** Publishes, twice, that a caller was refused a booking, as book would. */
async function refused(actor: string, at: string, subject = { type: 'Booking', id: newId() }) {
  const refusalId = newId()
  const event = announcement(AccessRefused, refusalId, 1, {
    ...{ refusalId, refusedBy: 'book', actor, roles: ['guest'], action: 'Query.booking', subject },
    ...{ reason: 'only for its guest', refusedAt: at },
  })
  await bus.publish(asEvent(event))
  await bus.publish(asEvent(event))
  return { refusalId, subject }
}

const nodes = ({ edges }: Trail) => edges.map(({ node }) => node)

describe('the audit trail', () => {
  it('tells what agents did, and what came of it', async () => {
    const { result } = await api.file({ text: 'Too cold.' }, guest)
    const complaintId = result?.complaint.id
    const bookingId = newId()
    await api.close({ complaintId, resolution: 'Heated.' }, agent)
    await api.cancelAsAgent({ bookingId, complaintId }, agent)
    const [canceled, closed, ...more] = nodes(await trail({ actor: agent.user }))
    expect(more).toEqual([])
    const who = { actor: agent.user, roles: ['agent'], at: expect.stringMatching(/Z$/), complaintId }
    expect(closed).toMatchObject({
      ...{ ...who, action: 'Mutation.closeComplaint', outcome: 'DONE', code: null, reason: 'Heated.' },
      subject: { type: 'Complaint', id: complaintId },
    })
    expect(canceled).toMatchObject({
      ...{ ...who, action: 'Mutation.cancelBookingAsAgent', outcome: 'FAILED', code: 'SERVICE_UNAVAILABLE' },
      subject: { type: 'Booking', id: bookingId },
    })
  })

  it('tells what any context refused, once however often it is told', async () => {
    const actor = `guest ${newId()}`
    const { refusalId, subject } = await refused(actor, '2027-01-01T10:00:00.000Z')
    const found = await eventually(async () => {
      const all = nodes(await trail({ actor }))
      return all.length > 0 ? all : null
    })
    expect(found).toEqual([
      {
        ...{
          id: refusalId,
          at: '2027-01-01T10:00:00.000Z',
          actor,
          roles: ['guest'],
          action: 'Query.booking',
        },
        ...{ subject, outcome: 'REFUSED', code: 'FORBIDDEN', reason: 'only for its guest' },
        ...{ complaintId: null, correlationId: 'test' },
      },
    ])
  })

  it('tells what is refused here, with the correlation of the request', async () => {
    const user = `guest ${newId()}`
    await servicecenter.ask(
      'mutation { closeComplaint(complaintId: "c", resolution: "r") { __typename } }',
      {},
      { user, roles: ['guest'] },
      { 'x-correlation-id': 'of-the-request' },
    )
    const [entry] = await eventually(async () => {
      const all = nodes(await trail({ actor: user }))
      return all.length > 0 ? all : null
    })
    expect(entry).toMatchObject({
      ...{ action: 'Mutation.closeComplaint', subject: null, outcome: 'REFUSED', roles: ['guest'] },
      ...{ reason: 'only for agent', correlationId: 'of-the-request' },
    })
  })

  it('is read page by page and by what is wanted, the newest first, also where times are equal', async () => {
    const actor = `guest ${newId()}`
    const at = (minute: number) => `2027-02-01T10:0${minute}:00.000Z`
    for (const minute of [1, 2, 2, 2, 3]) await refused(actor, at(minute))
    const all = await eventually(async () => {
      const found = nodes(await trail({ actor }))
      return found.length === 5 ? found : null
    })
    expect(all.map((entry) => entry.at)).toEqual([at(3), at(2), at(2), at(2), at(1)])
    const walked: Entry[] = []
    for (let after: string | null = null; ; ) {
      const page = await trail({ actor, first: 2, after })
      walked.push(...nodes(page))
      if (!page.pageInfo.hasNextPage) break
      after = page.pageInfo.endCursor
    }
    expect(walked).toEqual(all)
    const wanted = async (filter: object) => nodes(await trail({ actor, ...filter })).map(({ id }) => id)
    const ids = all.map(({ id }) => id)
    expect(await wanted({ since: at(2) })).toEqual(ids.slice(0, 4))
    expect(await wanted({ until: at(2) })).toEqual(ids.slice(4))
    expect(await wanted({ since: '2027-02-01T11:02:00+01:00', until: at(3) })).toEqual(ids.slice(1, 4))
    expect(await wanted({ subjectId: all[4]?.subject.id })).toEqual(ids.slice(4))
    expect(await wanted({ action: 'Query.booking' })).toEqual(ids)
    expect(await wanted({ action: 'Mutation.closeComplaint' })).toEqual([])
    expect(await wanted({ subjectId: 'no id' })).toEqual([])
  })

  it.each([
    { first: 101 },
    { after: 'x' },
    { after: Buffer.from('["2027","x"]').toString('base64url') },
    { after: Buffer.from(`["2027-99-01T10:00:00.000Z","${newId()}"]`).toString('base64url') },
    { since: 'yesterday' },
  ])('is not read by %o', async (variables) => {
    const { errors } = await servicecenter.ask(trailQuery, variables, agent)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})
