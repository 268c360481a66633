import { databaseOf, largeTables, numberedId, numberedIds, rows } from '@myhotel/kit/testing/plans'
import { v7 as newId } from 'uuid'
import { expect, it } from 'vitest'
import type { AuditWanted } from '../application/ports.ts'
import { evolve } from '../domain/complaint.ts'
import { openDatabase } from './database.ts'
import { prismaAgentActions } from './prisma-agent-actions.ts'
import { prismaAuditTrail, prismaRefusals } from './prisma-audit-trail.ts'
import { prismaComplaints } from './prisma-complaints.ts'

const someId = numberedId(rows / 2)
const at = '2027-01-01T00:00:00.000Z'

/** Most complaints are closed; what agents did and what was refused is mostly of one kind. */
const tables = [
  `INSERT INTO complaint (id, version, guest_id, text, status, filed_at, closed_at, closed_by, resolution)
   SELECT ${numberedIds('n')}, 2, 'guest' || n % 20000, 'cold', 'CLOSED', '${at}', '${at}', 'agent' || n % 50, 'warm'
   FROM generate_series(1, ${rows}) n`,
  `UPDATE complaint SET version = 1, status = 'OPEN', closed_at = NULL, closed_by = NULL, resolution = NULL
   WHERE id IN (SELECT ${numberedIds('n')} FROM generate_series(1, ${rows}, 500) n)`,
  `INSERT INTO agent_action (id, agent_id, kind, subject_id, reason, correlation_id, requested_at)
   SELECT ${numberedIds('n')}, 'agent' || n % 1000, CASE WHEN n % 2000 = 0 THEN 'DELETE_ROOM' ELSE 'CLOSE_COMPLAINT' END,
     ${numberedIds('n')}, 'why', 'c', timestamptz '${at}' + n * interval '1 minute'
   FROM generate_series(1, ${rows}) n`,
  `INSERT INTO agent_action_outcome (action_id, outcome, recorded_at)
   SELECT id, 'DONE', requested_at FROM agent_action`,
  `INSERT INTO access_refusal (id, refused_by, actor, roles, action, subject_type, subject_id, reason, correlation_id,
     refused_at)
   SELECT ${numberedIds('n')}, 'book', 'guest' || n % 20000, '{guest}',
     CASE WHEN n % 2000 = 0 THEN 'Mutation.deleteRoomAsAgent' ELSE 'Booking.price' END, 'Booking', ${numberedIds('n')}::text,
     'not yours', 'c', timestamptz '${at}' + n * interval '1 minute'
   FROM generate_series(1, ${rows}) n`,
]

const { opened, ways } = largeTables(databaseOf('servicecenter', openDatabase), tables)

it.each([
  [{}, ['complaint_pkey']],
  [{ before: someId }, ['complaint_pkey']],
  [{ guestId: 'guest7' }, ['complaint_guest_id_id_idx']],
  [{ guestId: 'guest7', status: 'CLOSED' }, ['complaint_guest_id_id_idx']],
  [{ status: 'OPEN' }, ['complaint_status_id_idx']],
  [{ status: 'OPEN', before: someId }, ['complaint_status_id_idx']],
] as const)('complaints, %j', async (wanted, indexes) => {
  const all = { guestId: null, status: null, before: null, limit: 21 }
  const complaints = prismaComplaints(opened().database, () => {})
  expect(await ways(() => complaints.newest({ ...all, ...wanted }))).toEqual(indexes)
})

it('a complaint is found, filed and closed by its key', async () => {
  const complaints = prismaComplaints(opened().database, () => {})
  const about = { bookingId: null, roomId: null, text: 'cold' }
  const filing = { type: 'ComplaintFiled', id: newId(), guestId: 'guest7', filedAt: at, ...about } as const
  const closing = { type: 'ComplaintClosed', resolution: 'warm', closedBy: 'agent1', closedAt: at } as const
  const open = evolve(null, filing)
  const asked = () => complaints.save(open, filing).then(() => complaints.find(open.id))
  expect(await ways(asked)).toEqual(['complaint_pkey'])
  expect(await ways(() => complaints.save(evolve(open, closing), closing))).toEqual(['complaint_pkey'])
})

it('the record of actions and refusals is added to without a look at it', async () => {
  const record = async () => {
    const action = { id: newId(), agentId: 'agent7', subjectId: someId, reason: 'why', complaintId: null }
    const actions = prismaAgentActions(opened().database)
    await actions.begin({ ...action, kind: 'DELETE_ROOM', requestedAt: at })
    await actions.complete(action.id, 'DONE', at)
    const refusal = { id: newId(), refusedBy: 'book', actor: 'guest7', roles: [], action: 'Booking.price' }
    const rest = { subject: null, reason: 'not yours', correlationId: 'c', at }
    await prismaRefusals(opened().database).record({ ...refusal, ...rest })
  }
  expect(await ways(record)).toEqual([])
})

/** What each part of the filter is called in the indexes of actions, and in those of refusals. */
it.each<[Partial<AuditWanted>, string, string]>([
  [{}, '', ''],
  [{ after: { at: '2027-02-01T00:00:00.000Z', id: someId } }, '', ''],
  [{ since: '2027-02-01T00:00:00.000Z', until: '2027-02-02T00:00:00.000Z' }, '', ''],
  [{ actor: 'agent7' }, 'agent_id_', 'actor_'],
  [{ subjectId: someId }, 'subject_id_', 'subject_id_'],
  [{ action: 'Mutation.deleteRoomAsAgent' }, 'kind_', 'action_'],
])('the audit trail, %j', async (wanted, ofActions, ofRefusals) => {
  const all = { actor: null, action: null, subjectId: null, since: null, until: null, after: null, limit: 21 }
  const trail = prismaAuditTrail(opened().database)
  const indexes = [
    `access_refusal_${ofRefusals}refused_at_id_idx`,
    `agent_action_${ofActions}requested_at_id_idx`,
    'agent_action_outcome_pkey',
  ]
  expect(await ways(() => trail.newest({ ...all, ...wanted }))).toEqual(indexes.sort())
})
