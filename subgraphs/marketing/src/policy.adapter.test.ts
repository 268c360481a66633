import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createLogger } from '@myhotel/kit/logger'
import { createTestDatabase, testService } from '@myhotel/kit/testing'
import { accessMatrix, byKey, callers, services } from '@myhotel/kit/testing/access-matrix'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policy } from './adapters/policy.ts'
import { compose } from './compose.ts'

let marketing: Awaited<ReturnType<typeof startSubgraph>>
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase('marketing')
  const own = { NATS_URL: testService('NATS'), NATS_REPLICAS: 1, MARKETING_DATABASE_URL: database.url }
  const log = createLogger('marketing', 'silent')
  marketing = await startSubgraph('marketing', (env) => compose({ ...env, ...own }, log), services)
})
afterAll(async () => {
  await marketing?.stop()
  await database?.drop()
})

describe('who may call and see what', () => {
  const matrix = accessMatrix({
    policies: [policy],
    schema: parse(readFileSync(`${import.meta.dirname}/../schema.graphql`, 'utf8')),
    questions: { Room: () => byKey('Room', randomUUID()) },
    ask: ({ query, variables }, caller) => marketing.ask(query, variables, callers[caller]),
  })
  it.each(matrix)('%s', async (_, attempt) => {
    const { actual, expected } = await attempt()
    expect(actual).toEqual(expected)
  })
})
