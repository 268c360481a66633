import { readFile } from 'node:fs/promises'
import { createTestDatabase } from '@myhotel/kit/testing'
import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evolve } from '../domain/complaint.ts'
import { openDatabase } from './database.ts'
import { prismaAgentActions } from './prisma-agent-actions.ts'
import { prismaAuditTrail, prismaRefusals } from './prisma-audit-trail.ts'
import { prismaComplaints } from './prisma-complaints.ts'

const grants = new URL('../../../../prisma/servicecenter/grants.sql', import.meta.url)
const login = `servicecenter_${newId().replaceAll('-', '')}`
const at = '2027-01-01T10:00:00.000Z'
let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let owner: ReturnType<typeof openDatabase>
let service: ReturnType<typeof openDatabase>

beforeAll(async () => {
  postgres = await createTestDatabase('servicecenter')
  owner = openDatabase(postgres.url, 1)
  await owner.database.$executeRawUnsafe(`CREATE ROLE ${login} LOGIN PASSWORD 'secret'`)
  const statements = (await readFile(grants, 'utf8')).replaceAll(/^--.*$/gm, '').replaceAll(':"login"', login)
  for (const statement of statements.split(';').filter((text) => text.trim())) {
    await owner.database.$executeRawUnsafe(statement)
  }
  const url = new URL(postgres.url)
  url.username = login
  url.password = 'secret'
  service = openDatabase(url.href, 2)
})
afterAll(async () => {
  await service?.part.stop?.()
  await owner?.database.$executeRawUnsafe(`DROP OWNED BY ${login}`)
  await owner?.database.$executeRawUnsafe(`DROP ROLE ${login}`)
  await owner?.part.stop?.()
  await postgres?.drop()
})

describe('a login that owns nothing, with the grants of production', () => {
  it('does all that the service does', async () => {
    const { database } = service
    const event = { type: 'ComplaintFiled', id: newId(), guestId: 'guest1', filedAt: at } as const
    const filed = { ...event, bookingId: null, roomId: null, text: 'Too cold.' }
    const complaint = evolve(null, filed)
    expect(await prismaComplaints(database, () => {}).save(complaint, filed)).toBe(true)
    const actions = prismaAgentActions(database)
    const wish = { id: newId(), agentId: 'agent1', kind: 'CLOSE_COMPLAINT', subjectId: complaint.id } as const
    await actions.begin({ ...wish, reason: 'Heated.', complaintId: complaint.id, requestedAt: at })
    await actions.complete(wish.id, 'DONE', at)
    const who = { actor: 'guest2', roles: ['guest'], refusedBy: 'book', correlationId: 'corr' }
    const what = { action: 'Query.booking', subject: { type: 'Booking', id: newId() }, reason: 'not yours' }
    await database.$transaction((tx) => prismaRefusals(tx).record({ id: newId(), at, ...who, ...what }))
    const all = {
      actor: null,
      action: null,
      subjectId: null,
      since: null,
      until: null,
      after: null,
      limit: 9,
    }
    expect(await prismaAuditTrail(database).newest(all)).toHaveLength(2)
  })

  it.each([
    "UPDATE access_refusal SET actor = 'another'",
    'DELETE FROM access_refusal',
    'TRUNCATE access_refusal',
    "UPDATE agent_action SET reason = 'another'",
    'DELETE FROM agent_action_outcome',
    'ALTER TABLE access_refusal DISABLE TRIGGER append_only',
    'DROP TRIGGER append_only ON agent_action',
    'DROP TABLE access_refusal',
    'ALTER TABLE agent_action OWNER TO CURRENT_USER',
    'SET session_replication_role = replica',
    'CREATE OR REPLACE FUNCTION refuse_change_of_record() RETURNS trigger LANGUAGE sql AS $$ SELECT 1 $$',
  ])('may not: %s', async (statement) => {
    await expect(service.database.$executeRawUnsafe(statement)).rejects.toThrow(/denied|must be owner/)
  })
})
