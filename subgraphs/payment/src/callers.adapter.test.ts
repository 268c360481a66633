import { join } from 'node:path'
import { createLogger } from '@myhotel/kit/logger'
import { subgraphServer } from '@myhotel/kit/serve'
import { createTestDatabase } from '@myhotel/kit/testing'
import { about, type Call, callsTo, expectedOf } from '@myhotel/kit/testing/promises'
import { startSubgraph } from '@myhotel/kit/testing-subgraph'
import { v7 } from 'uuid'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openDatabase } from './adapters/database.ts'
import { createResolvers } from './adapters/graphql.ts'
import { policy } from './adapters/policy.ts'
import { prismaPayments } from './adapters/prisma-payments.ts'
import { type Commands, createCommands } from './application/commands.ts'
import { anIntent } from './testing/examples.ts'
import { fakeProvider } from './testing/fake-provider.ts'

const calls = callsTo('payment')
const provider = fakeProvider()
let postgres: Awaited<ReturnType<typeof createTestDatabase>>
let opened: ReturnType<typeof openDatabase>
let commands: Commands
let payment: Awaited<ReturnType<typeof startSubgraph>>

beforeAll(async () => {
  postgres = await createTestDatabase('payment')
  opened = openDatabase(postgres.url, 5)
  const payments = prismaPayments(opened.database, () => {})
  const ports = { payments, provider: provider.provider, now: Date.now, newId: v7 }
  commands = createCommands(ports, { chargeWithinMs: 20_000, mostApprovals: 10 }, () => {})
  payment = await startSubgraph(
    'payment',
    (env) => [
      subgraphServer({
        name: 'payment',
        schemaFile: join(import.meta.dirname, '../schema.graphql'),
        resolvers: createResolvers(commands, payments),
        policy,
        onRefused() {},
        keys: env.IDENTITY_KEYS,
        port: env.PORT,
        host: env.HOST,
        log: createLogger('payment', 'silent'),
      }),
    ],
    [...new Set(calls.map(({ caller }) => caller))],
  )
})
afterEach(() => {
  provider.loseAnswers(false)
  provider.refuse(null)
})
afterAll(async () => {
  await payment?.stop()
  await opened?.part.stop?.()
  await postgres?.drop()
})

const attemptOf = ({ variables }: Call) => {
  const { attemptId } = (variables.input ?? variables) as { attemptId: string }
  return attemptId
}
const declined = 'pm_card_visa_chargeDeclinedInsufficientFunds'

/** Has a booking paid. */
const pay = (bookingId: unknown) => commands.approve(v7(), anIntent({ bookingId: String(bookingId) }))

async function paySince(call: Call): Promise<Call> {
  const { after } = call.variables
  const { approvedPayments } = call.answer as { approvedPayments: { bookingId: string }[] }
  const since = v7()
  await pay(approvedPayments[0]?.bookingId)
  return about(call, String(after), since)
}

/** How each situation comes about. */
const given: Record<string, (call: Call) => unknown> = {
  'the card pays': () => {},
  'the card is declined': () => {},
  'the provider knows no such method': () => {},
  'the provider does not say what became of the charge': () => provider.loseAnswers(true),
  'the provider takes nothing in': () => provider.refuse(2),
  'the attempt was given up': (call) => commands.resolve(attemptOf(call)),
  'the attempt was approved': (call) => commands.approve(attemptOf(call), anIntent()),
  'the attempt was declined': (call) => commands.approve(attemptOf(call), anIntent({ method: declined })),
  'the attempt was never seen': () => {},
  'the booking was paid': ({ variables }) => pay([variables.bookingIds].flat()[0]),
  'the booking was never paid': () => {},
}

/** Situations in which the call is about something whose id is known only then. */
const askedAbout: Record<string, (call: Call) => Promise<Call>> = { 'one was approved since': paySince }

test.each(calls)('$caller ($version) asks $operation: $when', async (call) => {
  expect({ ...given, ...askedAbout }).toHaveProperty([call.when])
  await given[call.when]?.(call)
  const asked = (await askedAbout[call.when]?.(call)) ?? call
  const { data, errors } = await payment.ask(asked.document, asked.variables, { service: asked.caller })
  expect({ data, errors }).toEqual({ data: expectedOf(asked) })
})
