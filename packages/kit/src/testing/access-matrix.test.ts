import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import { expect, it } from 'vitest'
import { guarded } from '../access.ts'
import type { Policy, User } from '../policy.ts'
import { accessMatrix, byKey, callers } from './access-matrix.ts'

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { diary: Diary count: Int! }
  type Mutation { burn(id: ID!): BurnResult! }
  union BurnResult = Burnt | Forbidden
  type Burnt { id: ID! }
  type Forbidden { code: String! message: String! }
  type Diary @key(fields: "id") { id: ID! text: String! cover: Cover }
  type Cover { color: String! }
`)
const diary = { id: 'd1', owner: 'guest1', text: 'Dear diary', cover: null }
const resolvers = {
  Query: { diary: () => diary, count: () => 1 },
  Mutation: { burn: (_: unknown, { id }: { id: string }) => ({ __typename: 'Burnt', id }) },
  Diary: { __resolveReference: () => diary },
}
const policy = {
  Query: { diary: ['user'], count: ['service book'] },
  Mutation: { burn: { for: ['user'], to: { type: 'Diary', id: 'id' }, by: ['its guest', 'agent'] } },
  objects: {
    Diary: {
      seenBy: ['its guest', 'agent'],
      fields: ['id', 'text', 'cover'],
      relations: { 'its guest': ({ owner }: typeof diary, { subject }: User) => owner === subject },
    },
  },
} as const satisfies Policy
const questions = {
  'Query.diary': () => ({ query: '{ asked: diary { id } }' }),
  'Query.count': () => ({ query: '{ asked: count }' }),
  'Mutation.burn': () => ({ query: 'mutation { asked: burn(id: "d1") { __typename } }' }),
  Diary: () => byKey('Diary', 'd1'),
}

/** The rows that are not as `policy` says, of a schema whose checks are made from `checked`. */
async function wrong(checked: Policy): Promise<string[]> {
  const map = guarded(typeDefs, resolvers, { policy: checked, find: { Diary: async () => diary } }, () => {})
  const schema = buildSubgraphSchema({ typeDefs, resolvers: map as never })
  const matrix = accessMatrix({
    policies: [policy],
    schema: typeDefs,
    questions,
    async ask({ query, variables }, name) {
      const caller = callers[name]
      const contextValue =
        caller && 'service' in caller
          ? { caller: { subject: null, roles: ['service'], issuer: caller.service } }
          : { caller: { subject: caller?.user ?? null, roles: caller?.roles ?? [], issuer: 'router' } }
      const variableValues = variables as Record<string, unknown>
      const answer = await graphql({ schema, source: query, contextValue, variableValues })
      return JSON.parse(JSON.stringify(answer))
    },
  })
  const tried = await Promise.all(
    matrix.map(async ([name, attempt]) => {
      const { actual, expected } = await attempt()
      return JSON.stringify(actual) === JSON.stringify(expected) ? [] : [name]
    }),
  )
  return tried.flat()
}

it('finds nothing wrong where the checks are made', async () => {
  expect(await wrong(policy)).toEqual([])
})

const { Query, Mutation, objects } = policy
const { Diary } = objects
it.each<[string, Policy, string[]]>([
  ['of a query', { ...policy, Query: { ...Query, count: ['anyone'] } }, ['Query.count']],
  ['of a query for users', { ...policy, Query: { ...Query, diary: ['anyone'] } }, ['Query.diary']],
  ['of who does something to an object', { ...policy, Mutation: { burn: ['user'] } }, ['Mutation.burn']],
  [
    'of who sees an object',
    { Query, Mutation, objects: { Diary: { ...Diary, seenBy: ['anyone'] } } },
    ['Query.diary', 'Diary.id', 'Diary.text', 'Diary.cover'],
  ],
  [
    'of ownership',
    { Query, Mutation, objects: { Diary: { ...Diary, relations: { 'its guest': () => true } } } },
    ['Query.diary', 'Mutation.burn', 'Diary.id', 'Diary.text', 'Diary.cover'],
  ],
  [
    'that refuses too many',
    { Query, Mutation, objects: { Diary: { ...Diary, seenBy: ['agent'] } } },
    ['Query.diary', 'Diary.id', 'Diary.text', 'Diary.cover'],
  ],
])('is red without the check %s', async (_, checked, rows) => {
  expect(await wrong(checked)).toEqual(rows)
})

it('wants a question for each row', () => {
  const { Diary: _, ...fewer } = questions
  const matrix = { policies: [policy], schema: typeDefs, questions: fewer, ask: async () => ({}) }
  expect(() => accessMatrix(matrix)).toThrow('there is no question for Diary')
})
