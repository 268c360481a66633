import { createTestDatabase } from '@myhotel/kit/testing'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AgentAction } from '../domain/agent-action.ts'
import { type Complaint, evolve } from '../domain/complaint.ts'
import { openDatabase } from './database.ts'
import { prismaAgentActions } from './prisma-agent-actions.ts'
import { prismaComplaints } from './prisma-complaints.ts'

const at = '2027-01-01T10:00:00.000Z'
let opened: ReturnType<typeof openDatabase>
let dropDatabase: () => Promise<void>
let commits = 0
const complaints = () =>
  prismaComplaints(opened.database, () => {
    commits += 1
  })

beforeAll(async () => {
  const { url, drop } = await createTestDatabase('servicecenter')
  dropDatabase = drop
  opened = openDatabase(url)
})

afterAll(async () => {
  await opened.part.stop?.()
  await dropDatabase()
})

const filing = (guestId: string) => {
  const about = { bookingId: newId(), roomId: null, text: 'Kalt, 차갑다 🛁' }
  return { type: 'ComplaintFiled', id: newId(), guestId, filedAt: at, ...about } as const
}
const closing = {
  type: 'ComplaintClosed',
  resolution: 'Warm now.',
  closedBy: 'agent1',
  closedAt: at,
} as const

async function filed(guestId: string): Promise<Complaint> {
  const event = filing(guestId)
  const complaint = evolve(null, event)
  expect(await complaints().save(complaint, event)).toBe(true)
  return complaint
}

describe('complaints', () => {
  beforeEach(() => {
    commits = 0
  })

  it('are found as they were saved, open and closed, each version announced once', async () => {
    const open = await filed('guest1')
    expect(await complaints().find(open.id)).toEqual(open)
    const closed = evolve(open, closing)
    expect(await complaints().save(closed, closing)).toBe(true)
    expect(await complaints().find(open.id)).toEqual(closed)
    const announced = await opened.database.outbox.findMany({
      where: { aggregateId: open.id },
      orderBy: { seq: 'asc' },
    })
    const about = {
      complaintId: open.id,
      guestId: 'guest1',
      bookingId: open.bookingId,
      roomId: null,
      text: '',
    }
    expect(announced.map(({ eventId, type, data }) => ({ eventId, type, data }))).toEqual([
      { eventId: `servicecenter.${open.id}:1`, type: 'ComplaintFiled', data: { ...about, filedAt: at } },
      {
        eventId: `servicecenter.${open.id}:2`,
        type: 'ComplaintClosed',
        data: { ...about, resolution: '', closedBy: 'agent1', closedAt: at },
      },
    ])
    expect(commits).toBe(2)
  })

  it('are saved by one of two who come at once; the other changes and announces nothing', async () => {
    const open = await filed('guest1')
    const closings = ['agent1', 'agent2'].map((closedBy) => ({ ...closing, closedBy }))
    const saved = await Promise.all(closings.map((event) => complaints().save(evolve(open, event), event)))
    expect(saved.toSorted()).toEqual([false, true])
    expect(await opened.database.outbox.count({ where: { aggregateId: open.id } })).toBe(2)
    expect(await complaints().find(open.id)).toMatchObject({ closedBy: saved[0] ? 'agent1' : 'agent2' })
  })

  it('are not filed twice under one id', async () => {
    const event = filing('guest1')
    expect(await complaints().save(evolve(null, event), event)).toBe(true)
    expect(await complaints().save(evolve(null, event), event)).toBe(false)
  })

  it('are listed newest first, by guest and status, from where the last page ended', async () => {
    const all: Complaint[] = []
    for (const guest of ['ada', 'bea', 'ada', 'ada']) all.push(await filed(guest))
    const [first, , third, fourth] = all.map(({ id }) => id)
    const settled = evolve(all[2]!, closing)
    await complaints().save(settled, closing)
    const listed = async (part: object) => {
      const wanted = { guestId: 'ada', status: null, before: null, limit: 10, ...part }
      return (await complaints().newest(wanted)).map(({ id }) => id)
    }
    expect(await listed({})).toEqual([fourth, third, first])
    expect(await listed({ limit: 2 })).toEqual([fourth, third])
    expect(await listed({ limit: 2, before: third })).toEqual([first])
    expect(await listed({ status: 'OPEN' })).toEqual([fourth, first])
    expect(await listed({ status: 'CLOSED' })).toEqual([third])
    expect(await listed({ guestId: null, limit: 4 })).toEqual(all.map(({ id }) => id).toReversed())
  })
})

describe('the record of agents’ actions', () => {
  const action = (): AgentAction => ({
    id: newId(),
    agentId: 'agent1',
    kind: 'CANCEL_BOOKING',
    subjectId: newId(),
    reason: 'The guest is ill.',
    complaintId: null,
    requestedAt: at,
  })

  it('keeps the wish, then the outcome', async () => {
    const record = prismaAgentActions(opened.database)
    const wish = action()
    await record.begin(wish)
    const where = { id: wish.id }
    const find = () => opened.database.agentAction.findUnique({ where, include: { outcome: true } })
    expect(await find()).toMatchObject({ ...wish, requestedAt: new Date(at), outcome: null })
    await record.complete(wish.id, 'NOT_FOUND', at)
    expect(await find()).toMatchObject({ outcome: { outcome: 'NOT_FOUND', recordedAt: new Date(at) } })
    await expect(record.complete(wish.id, 'DONE', at)).rejects.toThrow()
  })

  it.each([
    "UPDATE agent_action SET reason = 'another'",
    "UPDATE agent_action SET reason = 'another' WHERE false",
    'DELETE FROM agent_action_outcome',
    'DELETE FROM agent_action',
    'TRUNCATE agent_action CASCADE',
    "UPDATE agent_action_outcome SET outcome = 'DONE'",
    "UPDATE access_refusal SET actor = 'another'",
    'DELETE FROM access_refusal',
    'TRUNCATE access_refusal',
  ])('refuses %s', async (statement) => {
    await expect(opened.database.$executeRawUnsafe(statement)).rejects.toThrow('append-only')
  })

  it('refuses it also of a replica, where other triggers rest', async () => {
    const changed = opened.database.$transaction(async (tx) => {
      await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica')
      await tx.$executeRawUnsafe('DELETE FROM access_refusal')
    })
    await expect(changed).rejects.toThrow('append-only')
  })
})
