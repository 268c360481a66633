import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { guarded, type Refused } from './access.ts'
import type { Caller } from './identity.ts'
import type { Policy, User } from './policy.ts'

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { news: String! diary(id: ID!): Diary diaries: [Diary]! count: Int! }
  type Mutation { burn(input: BurnInput!): BurnResult! write: String! }
  input BurnInput { diary: ID! }
  union BurnResult = Burnt | Forbidden | NotFound
  type Burnt { diary: Diary }
  type NotFound { code: String! }
  type Forbidden { code: String! message: String! }
  type Diary @key(fields: "id") { id: ID! text: String! }
  type Pen @key(fields: "id", resolvable: false) { id: ID! }
`)
const diary = { id: 'd1', owner: 'ada', text: 'Dear diary' }
const resolvers = {
  Query: {
    news: () => 'none',
    diary: async (_: unknown, { id }: { id: string }) => (id === 'd1' ? diary : null),
    diaries: () => [diary, { id: 'd2', owner: 'bea', text: 'Dear me' }],
    count: () => 2,
  },
  Mutation: {
    burn: (_: unknown, { input }: { input: { diary: string } }) =>
      input.diary === 'd1' ? { __typename: 'Burnt', diary } : { __typename: 'NotFound', code: 'NOT_FOUND' },
    write: (_: unknown, __: unknown, { caller }: { caller: Caller }) => `by ${caller.subject}`,
  },
  Diary: { __resolveReference: ({ id }: { id: string }) => (id === 'd1' ? diary : null) },
}
type Diary = typeof diary
const policy = {
  Query: { news: ['anyone'], diary: ['user'], diaries: ['user', 'service post'], count: ['service post'] },
  Mutation: {
    burn: { for: ['user'], to: { type: 'Diary', id: 'input.diary' }, by: ['its guest', 'agent'] },
    write: ['guest', 'host'],
  },
  objects: {
    Diary: {
      seenBy: ['its guest', 'service post'],
      fields: ['id', 'text'],
      relations: { 'its guest': ({ owner }: Diary, { subject }: User) => owner === subject },
    },
  },
} as const satisfies Policy
const find = { Diary: async (id: string) => (id === 'd1' ? diary : null) }

const user = (subject: string, ...roles: string[]): Caller => ({ subject, roles, issuer: 'router' })
const service = (issuer: string): Caller => ({ subject: null, roles: ['service'], issuer })
const [ada, bea, agent] = [user('ada', 'guest'), user('bea', 'guest'), user('cy', 'agent')]
const nobody: Caller = { subject: null, roles: [], issuer: 'router' }

async function ask(caller: Caller, source: string) {
  const refused: Refused[] = []
  const map = guarded(typeDefs, resolvers, { policy, find }, (each) => refused.push(each))
  const schema = buildSubgraphSchema({ typeDefs, resolvers: map as never })
  const contextValue = { caller }
  const { data, errors } = await graphql({ schema, source, contextValue })
  const code = errors?.[0]?.extensions.code ?? errors?.[0]?.message
  return { answer: code ?? JSON.parse(JSON.stringify(data)), refused }
}

describe('an operation', () => {
  it.each([
    ['{ news }', nobody, { news: 'none' }],
    ['{ diary(id: "d1") { text } }', nobody, 'UNAUTHENTICATED'],
    ['{ diary(id: "d1") { text } }', service('post'), 'FORBIDDEN'],
    ['{ count }', service('post'), { count: 2 }],
    ['{ count }', service('bank'), 'FORBIDDEN'],
    ['{ count }', user('post', 'service'), 'FORBIDDEN'],
    ['{ count }', nobody, 'FORBIDDEN'],
    ['mutation { write }', ada, { write: 'by ada' }],
    ['mutation { write }', agent, 'FORBIDDEN'],
    ['mutation { write }', user('dee'), 'FORBIDDEN'],
  ])('%s of %o', async (source, caller, expected) => {
    expect((await ask(caller, source)).answer).toEqual(expected)
  })
})

describe('an object', () => {
  const byKey =
    '{ _entities(representations: [{ __typename: "Diary", id: "d1" }]) { ... on Diary { text } } }'

  it('is shown to whom the words say, wherever it appears, and is not there for others', async () => {
    const { text } = diary
    expect((await ask(ada, '{ diary(id: "d1") { text } }')).answer).toEqual({ diary: { text } })
    expect((await ask(bea, '{ diary(id: "d1") { text } }')).answer).toEqual({ diary: null })
    expect((await ask(bea, '{ diaries { text } }')).answer).toEqual({ diaries: [null, { text: 'Dear me' }] })
    expect((await ask(ada, byKey)).answer).toEqual({ _entities: [{ text }] })
    expect((await ask(bea, byKey)).answer).toEqual({ _entities: [null] })
    expect((await ask(nobody, byKey)).answer).toEqual({ _entities: [null] })
    expect((await ask(service('post'), byKey)).answer).toEqual({ _entities: [{ text }] })
    expect((await ask(service('bank'), byKey)).answer).toEqual({ _entities: [null] })
  })

  it('is done something to by whom the words say; others are told Forbidden, but not of what is not there', async () => {
    const burn = (id: string) =>
      `mutation { burn(input: { diary: "${id}" }) { __typename ... on Burnt { diary { id } } } }`
    expect((await ask(ada, burn('d1'))).answer).toEqual({
      burn: { __typename: 'Burnt', diary: { id: 'd1' } },
    })
    expect((await ask(bea, burn('d1'))).answer).toEqual({ burn: { __typename: 'Forbidden' } })
    expect((await ask(bea, burn('d9'))).answer).toEqual({ burn: { __typename: 'NotFound' } })
    expect((await ask(nobody, burn('d1'))).answer).toBe('UNAUTHENTICATED')
    // May burn it, and sees nothing of it.
    expect((await ask(agent, burn('d1'))).answer).toEqual({ burn: { __typename: 'Burnt', diary: null } })
  })

  it('that is refused is reported, with who, what and why', async () => {
    const { refused } = await ask(bea, '{ diary(id: "d1") { text } }')
    const object = { type: 'Diary', id: 'd1' }
    expect(refused).toEqual([
      { caller: bea, action: 'Query.diary', object, reason: 'only for its guest, service post' },
    ])
    expect((await ask(bea, byKey)).refused).toMatchObject([{ action: 'Diary', object }])
    expect((await ask(agent, 'mutation { write }')).refused).toMatchObject([
      { action: 'Mutation.write', object: null, reason: 'only for guest, host' },
    ])
    expect((await ask(bea, '{ diary(id: "d9") { text } }')).refused).toEqual([])
  })
})

it('answers at once what is at hand: a check adds no promise', () => {
  const map = guarded(typeDefs, resolvers, { policy, find }, () => {}) as typeof resolvers
  expect(map.Mutation.write({}, {}, { caller: ada } as never)).toBe('by ada')
  const at = { caller: ada } as never
  expect((map.Query.diaries as (...args: unknown[]) => unknown)({}, {}, at)).toEqual([diary, null])
  expect(map.Query.news).toBe(resolvers.Query.news)
})

describe('a policy that does not fit the schema is refused', () => {
  const { Query, Mutation, objects } = policy
  const { news: _, ...fewer } = Query
  const { Diary } = objects
  it.each<[string, Policy, object?]>([
    ['Query.news has no row', { ...policy, Query: fewer }],
    ['the row Query.olds has no field', { ...policy, Query: { ...Query, olds: ['anyone'] } }],
    ['Mutation.burn has no row', { Query, objects }],
    ['the entity Diary has no row', { Query, Mutation: { ...Mutation, burn: ['user'] }, objects: {} }],
    ['Diary.text has no row', { ...policy, objects: { Diary: { ...Diary, fields: ['id'] } } }],
    ['the row Book has no type', { ...policy, objects: { Diary, Book: { seenBy: ['user'], fields: [] } } }],
    [
      'nobody says what "its host" means',
      { ...policy, objects: { Diary: { ...Diary, seenBy: ['its host'] } } },
    ],
    [
      'Burnt is not for everybody',
      { ...policy, objects: { Diary, Burnt: { seenBy: ['user'], fields: ['diary'] } } },
    ],
    ['Mutation.burn is about a Diary, which cannot be found', policy, {}],
    [
      'Mutation.write cannot answer Forbidden',
      {
        ...policy,
        Mutation: { ...Mutation, write: { ...Mutation.burn, to: { type: 'Diary', id: 'diary' } } },
      },
    ],
  ])('%s', (flaw, flawed, found = find) => {
    expect(() =>
      guarded(typeDefs, resolvers, { policy: flawed, find: found as typeof find }, () => {}),
    ).toThrow(flaw)
  })
})
