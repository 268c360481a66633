import { buildSchema, GraphQLError } from 'graphql'
import { expect, test } from 'vitest'
import { outcomeOf, typenameIn } from './operations.ts'

const schema = buildSchema(`
  interface Refusal { code: String! }
  type Booked { id: ID }
  type Declined implements Refusal { code: String! }
  type Busy implements Refusal { code: String! retryAfterSeconds: Int! }
  type InProgress { retryAfterSeconds: Int! }
  union Answer = Booked | Declined | Busy | InProgress
  type Query { book: Answer }`)

const error = (code: string | undefined, path: (string | number)[]) =>
  new GraphQLError('no', { path, ...(code && { extensions: { code } }) })

test('an answer is told by the type that it has', () => {
  const outcome = (type: string) => outcomeOf(schema, { data: { book: { __typename: type } } })
  expect(['Booked', 'Declined', 'Busy', 'InProgress'].map(outcome)).toEqual([
    'ok',
    'refused',
    'retry',
    'retry',
  ])
  expect(outcomeOf(schema, { data: { book: {} } }, 'Busy')).toBe('retry')
  expect(outcomeOf(schema, { data: { book: {} } })).toBe('ok')
})

test('faults at the root are errors, below it something is missing', () => {
  const data = { book: { id: null } }
  expect(outcomeOf(schema, { data: { book: null }, errors: [error('SERVICE_UNAVAILABLE', ['book'])] })).toBe(
    'error',
  )
  expect(outcomeOf(schema, { data, errors: [error('GATEWAY_TIMEOUT', ['book', 'id'])] })).toBe('partial')
  const both = [error('GATEWAY_TIMEOUT', ['book', 'id']), error(undefined, ['book'])]
  expect(outcomeOf(schema, { data, errors: both })).toBe('error')
})

test("a client's mistakes are no faults", () => {
  const errors = [error('BAD_USER_INPUT', ['book']), error('FORBIDDEN', ['book', 'id'])]
  expect(outcomeOf(schema, { data: null, errors })).toBe('refused')
})

test('the type of the first field of the root, where it says so', () => {
  expect(typenameIn({ a: { __typename: 'Booked' }, b: { __typename: 'Busy' } })).toBe('Booked')
  expect(typenameIn({ a: 1, b: { __typename: 'Busy' } })).toBeUndefined()
  expect(typenameIn({ a: { __typename: 7 } })).toBeUndefined()
  expect(typenameIn(null)).toBeUndefined()
})
