import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createLogger } from '@myhotel/kit/logger'
import { createTestDatabase, createTestIdentities, testService } from '@myhotel/kit/testing'
import { accessMatrix, callers, services } from '@myhotel/kit/testing/access-matrix'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policy } from './adapters/policy.ts'
import { serviceCenterApi } from './adapters/testing-api.ts'
import { compose } from './compose.ts'

let servicecenter: Awaited<ReturnType<typeof startSubgraph>>
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase('servicecenter')
  const identities = await createTestIdentities('servicecenter')
  const own = {
    ...{ NATS_URL: testService('NATS'), NATS_REPLICAS: 1, SERVICECENTER_DATABASE_URL: database.url },
    // Nobody is there: agents are told so.
    ...{ BOOK_URL: 'http://127.0.0.1:1', ROOM_URL: 'http://127.0.0.1:1' },
    IDENTITY_PRIVATE_KEY: identities.privateKey('servicecenter'),
  }
  const log = createLogger('servicecenter', 'silent')
  servicecenter = await startSubgraph('servicecenter', (env) => compose({ ...env, ...own }, log), services)
})
afterAll(async () => {
  await servicecenter?.stop()
  await database?.drop()
})

const api = serviceCenterApi((...asked) => servicecenter.ask(...asked))

/** A complaint of guest1. */
async function complaint(): Promise<string> {
  const { result } = await api.file({ text: 'Too cold.' }, callers['its guest'])
  if (!result?.complaint) throw new Error(JSON.stringify(result))
  return result.complaint.id
}

describe('who may call and see what', () => {
  const matrix = accessMatrix({
    policies: [policy],
    schema: parse(readFileSync(`${import.meta.dirname}/../schema.graphql`, 'utf8')),
    questions: {
      'Query.complaints': () => ({ query: '{ asked: complaints { __typename } }' }),
      'Query.complaint': async () => ({ query: `{ asked: complaint(id: "${await complaint()}") { id } }` }),
      'Mutation.fileComplaint': () => ({
        query: 'mutation { asked: fileComplaint(input: { text: "Too cold." }) { __typename } }',
      }),
      'Mutation.closeComplaint': async () => ({
        query: `mutation { asked: closeComplaint(complaintId: "${await complaint()}", resolution: "Heated.") {
          __typename } }`,
      }),
      'Mutation.cancelBookingAsAgent': () => ({
        query: `mutation { asked: cancelBookingAsAgent(bookingId: "${randomUUID()}", reason: "r") { __typename } }`,
      }),
      'Mutation.deleteRoomAsAgent': () => ({
        query: `mutation { asked: deleteRoomAsAgent(roomId: "${randomUUID()}", reason: "r") { __typename } }`,
      }),
      'Query.auditTrail': () => ({ query: '{ asked: auditTrail { __typename } }' }),
      AuditEntry: async () => {
        await api.close({ complaintId: await complaint() }, callers['an agent'])
        return { query: '{ auditTrail(first: 1) { edges { node { FIELD } } } }', through: 'Query.auditTrail' }
      },
      Complaint: async () => ({
        query: `{ complaint(id: "${await complaint()}") { FIELD } }`,
        through: 'Query.complaint',
      }),
    },
    ask: ({ query, variables }, caller) => servicecenter.ask(query, variables, callers[caller]),
  })
  it.each(matrix)('%s', async (_, attempt) => {
    const { actual, expected } = await attempt()
    expect(actual).toEqual(expected)
  })
})
