import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@myhotel/kit/logger'
import { createTestDatabase, testService } from '@myhotel/kit/testing'
import { accessMatrix, byKey, callers, services } from '@myhotel/kit/testing/access-matrix'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policy } from './adapters/policy.ts'
import { compose } from './compose.ts'
import { anInput, approval } from './testing/caller.ts'

const schema = parse(await readFile(`${import.meta.dirname}/../schema.graphql`, 'utf8'))
let dataDir: string
let sandbox: TestProcess
let database: Awaited<ReturnType<typeof createTestDatabase>>
let payment: Awaited<ReturnType<typeof startSubgraph>>

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'payment-provider-'))
  sandbox = await startProcess('tools/sandbox/payment-provider/main.ts', { DATA_DIR: dataDir })
  database = await createTestDatabase('payment')
  const own = {
    ...{ NATS_URL: testService('NATS'), NATS_REPLICAS: 1 },
    ...{ PAYMENT_DATABASE_URL: database.url, PAYMENT_DATABASE_CONNECTIONS: 10 },
    ...{ PAYMENT_PROVIDER: 'sandbox' as const, PAYMENT_PROVIDER_URL: sandbox.url },
    ...{ PAYMENT_PROVIDER_WITHIN_MS: 2_500, PAYMENT_MOST_APPROVALS: 128, PAYMENT_BREAK_MS: 1_000 },
  }
  const log = createLogger('payment', 'silent')
  payment = await startSubgraph('payment', async (env) => compose({ ...env, ...own }, log), services)
})
afterAll(async () => {
  await payment?.stop()
  await sandbox?.stop()
  await database?.drop()
  await rm(dataDir, { recursive: true })
})

/** A booking that guest1 has paid, at host1's. */
async function paidBooking(): Promise<string> {
  const input = anInput()
  const { errors } = await payment.ask(approval, { input }, { service: 'book' })
  if (errors) throw new Error(JSON.stringify(errors))
  return input.bookingId
}

describe('who may call and see what', () => {
  const matrix = accessMatrix({
    policies: [policy],
    schema,
    questions: {
      'Query.approvedPayments': () => ({
        query: 'query ($at: DateTime!) { asked: approvedPayments(from: $at, before: $at) { id } }',
        variables: { at: '2027-01-01T00:00:00Z' },
      }),
      'Query.paymentsOfBookings': () => ({
        query: 'query ($ids: [ID!]!) { asked: paymentsOfBookings(bookingIds: $ids) { id } }',
        variables: { ids: [anInput().bookingId] },
      }),
      'Mutation.approvePayment': () => ({
        query:
          'mutation ($input: ApprovePaymentInput!) { asked: approvePayment(input: $input) { __typename } }',
        variables: { input: anInput() },
      }),
      'Mutation.resolvePayment': () => ({
        query: 'mutation ($id: ID!) { asked: resolvePayment(attemptId: $id) { __typename } }',
        variables: { id: anInput().attemptId },
      }),
      'Mutation.voidPayment': () => ({
        query: 'mutation ($id: ID!) { asked: voidPayment(attemptId: $id) { __typename } }',
        variables: { id: anInput().attemptId },
      }),
      Booking: async () => byKey('Booking', await paidBooking()),
      Payment: async () => {
        const { query, variables } = byKey('Booking', await paidBooking())
        return { query: query.replace('FIELD', 'payment { FIELD }'), variables }
      },
    },
    ask: ({ query, variables }, caller) => payment.ask(query, variables, callers[caller]),
  })
  it.each(matrix)('%s', async (_, attempt) => {
    const { actual, expected } = await attempt()
    expect(actual).toEqual(expected)
  })
})
