import type { GraphQLRequestContextDidResolveOperation } from '@apollo/server'
import { createTestLog } from '@myhotel/kit/testing'
import { buildSchema, getOperationAST, type OperationDefinitionNode, parse } from 'graphql'
import { expect, test } from 'vitest'
import type { Exchange, Operation, RouterContext } from '../exchange.ts'
import { createOperationLimits } from './operation-limits.ts'
import { createRateLimits } from './rate-limits.ts'

const { log } = createTestLog()
const schema = buildSchema(
  'type Query { rooms(first: Int): [Room] } type Room { id: ID } type Mutation { book: Int cancel: Int }',
)

function asked(text: string): Operation {
  const document = parse(text)
  return { id: text, document, operation: getOperationAST(document) as OperationDefinitionNode, schema }
}

function start() {
  const rates = createRateLimits({
    ...{ redisUrl: undefined, windowSeconds: 60, perUser: 0, perAddress: 0, mutations: 3, log },
  })
  return createOperationLimits({ cost: 1_000, first: 100, rates })
}

const request = () => ({ client: 'user:guest1', quotas: [] }) as unknown as Exchange

/** What Apollo Server is told of a request: nothing, or why it is refused. */
async function askPlugin({ plugin }: ReturnType<typeof start>, operation: Operation, exchange: Exchange) {
  const hooks = await plugin.requestDidStart?.({} as never)
  const context = { ...operation, request: {}, contextValue: { exchange } }
  return hooks?.didResolveOperation?.(
    context as unknown as GraphQLRequestContextDidResolveOperation<RouterContext>,
  )
}

test('the mutations of a request are counted once, whoever asks first', async () => {
  const limits = start()
  const two = asked('mutation { book cancel }')
  const first = request()
  expect(await limits.allow(two, {}, first)).toBe(true)
  await askPlugin(limits, two, first)
  expect(await limits.allow(two, {}, first)).toBe(true)
  expect(first.quotas).toMatchObject([{ policy: 'mutations', remaining: 1 }])

  const second = request()
  expect(await limits.allow(two, {}, second), 'a fourth').toBe(false)
  await expect(askPlugin(limits, two, second)).rejects.toMatchObject({ extensions: { code: 'RATE_LIMITED' } })
  expect(second.quotas).toHaveLength(1)
})

test('queries are no mutations', async () => {
  const limits = start()
  const exchange = request()
  for (let count = 0; count < 5; count += 1)
    expect(limits.allow(asked('{ rooms { id } }'), {}, exchange)).toBe(true)
  expect(limits.allow(asked('{ rooms(first: 101) { id } }'), {}, exchange), 'too large a page').toBe(false)
  expect(exchange.quotas).toEqual([])
})
