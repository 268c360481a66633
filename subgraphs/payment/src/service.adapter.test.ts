import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setByRole, withUnfitClient } from '@myhotel/kit/postgres'
import { createTestDatabase, createTestIdentities, eventually, testService } from '@myhotel/kit/testing'
import { startPgBouncer } from '@myhotel/kit/testing/pgbouncer'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { testServers } from '@myhotel/kit/testing/programs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from './adapters/database.ts'
import { anInput, approval, bookAt, send } from './testing/caller.ts'

let identities: Awaited<ReturnType<typeof createTestIdentities>>
let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let opened: ReturnType<typeof openDatabase>
let book: ReturnType<typeof bookAt>
let dataDir: string
let sandbox: TestProcess
let service: TestProcess

const startService = (env: Record<string, string> = {}) =>
  startProcess('subgraphs/payment/src/main.ts', {
    PAYMENT_DATABASE_URL: postgres.url,
    PAYMENT_PROVIDER_URL: sandbox.url,
    // What is to be late is held by the provider; this is for machines that are slow.
    PAYMENT_PROVIDER_WITHIN_MS: '10000',
    NATS_URL: testService('NATS'),
    IDENTITY_KEYS: identities.keys,
    ...env,
  })

beforeAll(async () => {
  identities = await createTestIdentities('router', 'book')
  postgres = await createTestDatabase('payment')
  opened = openDatabase(postgres.url, 2)
  book = bookAt(() => service.url, identities)
  dataDir = await mkdtemp(join(tmpdir(), 'payment-provider-'))
  sandbox = await startProcess('tools/sandbox/payment-provider/main.ts', { DATA_DIR: dataDir })
  service = await startService()
})
afterEach(() => control({}))
afterAll(async () => {
  await service?.stop()
  await sandbox?.stop()
  await opened?.part.stop?.()
  await postgres?.drop()
  await rm(dataDir, { recursive: true })
})

const control = (faults: object) =>
  fetch(`${sandbox.url}/control`, { method: 'PUT', body: JSON.stringify(faults) })

const stored = (attemptId: string) => opened.database.payment.findUnique({ where: { attemptId } })

/** The events of an attempt's payment that were published. */
async function published(attemptId: string): Promise<string[]> {
  const aggregateId = (await stored(attemptId))?.id ?? ''
  const where = { aggregateId, publishedAt: { not: null } }
  return (await opened.database.outbox.findMany({ where })).map(({ type }) => type)
}

const becomes = (attemptId: string, state: string) =>
  eventually(async () => (await stored(attemptId))?.state === state)

type Listed = { key: string; amount: number; metadata: { attemptId: string } }
async function moved(kind: 'captures' | 'refunds', attemptId: string): Promise<Listed[]> {
  const all = (await (await fetch(`${sandbox.url}/v1/${kind}`)).json()) as Listed[]
  return all.filter(({ metadata }) => metadata.attemptId === attemptId)
}

test('it refuses to start on sessions with other settings, and says what is to be done', async () => {
  const unfit = startService({ PAYMENT_DATABASE_URL: `${postgres.url}?settings=role` })
  await expect(unfit).rejects.toThrow(/exited with 1: .*TimeZone is .*"npm run migrate -- settings"/)
})

test('through a pooler that shares connections: approved, published, refunded', async () => {
  const servers = await testServers()
  await withUnfitClient(postgres.url, setByRole)
  const pooler = await startPgBouncer(servers, postgres.url)
  const behind = await startService({
    ...{ PAYMENT_DATABASE_URL: pooler, PAYMENT_DIRECT_DATABASE_URL: postgres.url },
  })
  // It alone publishes, and takes events in.
  await service.stop()
  const throughPooler = bookAt(() => behind.url, identities)
  const input = anInput()
  const all = await Promise.all(Array.from({ length: 30 }, () => throughPooler.approve(anInput())))
  expect(all.map(({ __typename }) => __typename)).toEqual(Array(30).fill('PaymentApproval'))
  await throughPooler.approve(input)
  await eventually(async () => (await published(input.attemptId)).includes('PaymentApproved'))
  expect(await throughPooler.voidPayment(input.attemptId)).toMatchObject({ settled: false })
  await eventually(async () => (await throughPooler.voidPayment(input.attemptId)).settled)
  await behind.stop()
  await servers.stop()
  service = await startService()
})

describe('book asks', () => {
  test('for an approval: charged once, published, the same ever after', async () => {
    const input = anInput()
    const answers = await Promise.all([book.approve(input), book.approve(input), book.approve(input)])
    expect(answers.map(({ __typename }) => __typename)).toContain('PaymentApproval')
    const { id: paymentId } = (await stored(input.attemptId)) ?? {}
    expect(await book.approve(input)).toEqual({ __typename: 'PaymentApproval', paymentId })
    expect(await book.resolve(input.attemptId)).toEqual({ __typename: 'PaymentApproval' })
    expect(await moved('captures', input.attemptId)).toHaveLength(1)
    await eventually(async () => (await published(input.attemptId)).includes('PaymentApproved'))
  })

  test('with a card that is declined', async () => {
    const declined = anInput({ method: 'pm_card_chargeDeclinedLostCard' })
    expect(await book.approve(declined)).toEqual({ __typename: 'PaymentDecline' })
  })

  test('to undo an approved payment: all goes back, which is published', async () => {
    const input = anInput()
    await book.approve(input)
    expect(await book.voidPayment(input.attemptId)).toMatchObject({ settled: false })
    await eventually(async () => (await book.voidPayment(input.attemptId)).settled)
    expect(await moved('refunds', input.attemptId)).toMatchObject([
      { key: `void:${input.attemptId}`, amount: 12_300 },
    ])
    expect(await book.resolve(input.attemptId)).toEqual({ __typename: 'PaymentTombstoned' })
    await eventually(async () => (await published(input.attemptId)).includes('PaymentCanceled'))
  })

  test('about an attempt that was never seen: it is dead from then on', async () => {
    const input = anInput()
    expect(await book.resolve(input.attemptId)).toEqual({ __typename: 'PaymentTombstoned' })
    expect(await book.approve(input)).toEqual({ __typename: 'PaymentTombstoned' })
    expect(await moved('captures', input.attemptId)).toEqual([])
  })

  test('as a user may not', async () => {
    const agent = await identities.signer('router')('payment', {
      subject: 'agent1',
      roles: ['agent', 'service'],
    })
    const { errors } = await send(service.url, agent, approval, { input: anInput() })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })
})

describe('an outcome that is not known', () => {
  test('because the answer got lost is found out', async () => {
    await control({ loseNext: 1, operations: ['pay'] })
    const input = anInput()
    expect(await book.approve(input)).toEqual({ __typename: 'PaymentPending' })
    await becomes(input.attemptId, 'APPROVED')
    expect(await moved('captures', input.attemptId)).toHaveLength(1)
  })

  test('because the provider is slow: given up meanwhile, nothing is kept', async () => {
    await control({ hold: 'work', operations: ['pay'] })
    const input = anInput()
    const answer = book.approve(input)
    await eventually(() => stored(input.attemptId))
    expect(await book.voidPayment(input.attemptId)).toMatchObject({ settled: false })
    await becomes(input.attemptId, 'TOMBSTONED')
    await control({})
    expect(await answer).toMatchObject({
      __typename: expect.stringMatching(/PaymentTombstoned|PaymentPending/),
    })
    expect(await moved('captures', input.attemptId)).toEqual([])
  })

  test('because the process was killed between the charge and its commit', async () => {
    await control({ hold: 'answer', operations: ['pay'] })
    const input = anInput()
    const answer = book.approve(input).catch(() => 'lost')
    await eventually(async () => (await moved('captures', input.attemptId)).length === 1)
    await service.stop('SIGKILL')
    expect(await answer).toBe('lost')
    expect(await stored(input.attemptId)).toMatchObject({ state: 'PENDING' })
    await control({})
    service = await startService()
    await becomes(input.attemptId, 'APPROVED')
    expect(await moved('captures', input.attemptId)).toHaveLength(1)
    expect(await book.resolve(input.attemptId)).toEqual({ __typename: 'PaymentApproval' })
  })
})

test('a second replica shares the work: no refund twice, no event twice', async () => {
  const replica = await startService()
  try {
    const inputs = Array.from({ length: 20 }, () => anInput())
    await Promise.all(inputs.map((input, index) => book.approve(input, [service, replica][index % 2]?.url)))
    await Promise.all(inputs.map(({ attemptId }) => book.voidPayment(attemptId)))
    for (const { attemptId } of inputs) {
      await becomes(attemptId, 'CANCELED')
      expect(await moved('refunds', attemptId)).toHaveLength(1)
    }
  } finally {
    expect(await replica.stop()).toBe(0)
  }
})

test('more approvals than may be under way are told at once to come again', async () => {
  const small = await startService({ PAYMENT_MOST_APPROVALS: '1' })
  try {
    await control({ hold: 'answer', operations: ['pay'] })
    const first = anInput()
    const answer = book.approve(first, small.url)
    await eventually(() => stored(first.attemptId))
    const second = anInput()
    expect(await book.approve(second, small.url)).toEqual({ __typename: 'PaymentNotAccepted' })
    expect(await stored(second.attemptId)).toBeNull()
    await control({})
    expect(await answer).toMatchObject({ __typename: 'PaymentApproval' })
  } finally {
    await small.stop()
  }
})

test('a refund that the provider refuses is a dead letter, and is given when it is tried again', async () => {
  const input = anInput()
  await book.approve(input)
  const { providerPaymentId } = (await stored(input.attemptId)) ?? {}
  const giveBack = (key: string, amount: number) =>
    fetch(`${sandbox.url}/v1/payments/${providerPaymentId}/refunds`, {
      method: 'POST',
      headers: { 'idempotency-key': key },
      body: JSON.stringify({ amount }),
    })
  // A person has given a part back by hand, so that not all can be given any more.
  expect((await giveBack('by hand', 300)).status).toBe(200)
  await book.voidPayment(input.attemptId)
  const key = `void:${input.attemptId}`
  const letter = () => opened.database.deadLetter.findFirst({ where: { consumer: 'refunds', eventId: key } })
  const first = await eventually(letter)
  expect(first).toMatchObject({
    error: expect.stringContaining('amount_too_large'),
    envelope: { key, amount: 12_300 },
  })
  expect(await stored(input.attemptId)).toMatchObject({
    state: 'REFUND_PENDING',
    dueAt: null,
    refundRefused: true,
  })

  const retry = () =>
    opened.database.deadLetter.updateMany({ where: { eventId: key }, data: { retryRequestedAt: new Date() } })
  await retry()
  await eventually(async () => ((await letter())?.diedAt ?? 0) > (first?.diedAt ?? 0))

  await opened.database.refund.update({ where: { key }, data: { amount: 12_000 } })
  await retry()
  await eventually(
    async () => (await letter()) === null && (await moved('refunds', input.attemptId)).length === 2,
  )
  await becomes(input.attemptId, 'PARTIALLY_REFUNDED')
})

test('a booking shows its payment to its guest, its host, agents and services', async () => {
  const input = anInput()
  await book.approve(input)
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on Booking { id payment { status amount { amount currency } refunded { amount } approvedAt } } } }`
  const variables = { of: [{ __typename: 'Booking', id: input.bookingId }] }
  const seenBy = async (token: string) => {
    const { data } = await send<{ _entities: { payment: object | null }[] }>(
      service.url,
      token,
      query,
      variables,
    )
    return data?._entities[0]?.payment
  }
  const user = (subject: string | null, ...roles: string[]) =>
    identities.signer('router')('payment', { subject, roles })
  const shown = {
    status: 'APPROVED',
    amount: { amount: 12_300, currency: 'EUR' },
    refunded: { amount: 0 },
    approvedAt: expect.stringMatching(/Z$/),
  }
  expect(await seenBy(await user('guest1', 'guest'))).toEqual(shown)
  expect(await seenBy(await user('host1', 'guest', 'host'))).toEqual(shown)
  expect(await seenBy(await user('agent1', 'agent'))).toEqual(shown)
  expect(await seenBy(await user('guest2', 'guest'))).toBeNull()
  expect(await seenBy(await user(null))).toBeNull()
})

test('it is ready while its database is', async () => {
  const ready = await fetch(`${service.managementUrl}/readyz`)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toMatchObject({ parts: { database: 'ok', nats: 'ok' } })
})
