import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse } from 'graphql'
import { expect, it } from 'vitest'
import { answerEntitiesOneByOne } from './representations.ts'

const schema = buildSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { other: Other }
    type Room @key(fields: "id") { id: ID! name: String }
    type Night @key(fields: "room date") @key(fields: "id") { id: ID room: ID date: String }
    type Other { id: ID! }`),
  resolvers: {
    Room: {
      __resolveReference({ id }: { id: string }) {
        if (id === 'broken') throw new Error('broken at once')
        return id === 'late' ? Promise.reject(new Error('broken later')) : { id, name: `Room ${id}` }
      },
    },
  },
})
answerEntitiesOneByOne(schema)

const document = parse(
  'query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Room { name } } }',
)
const ask = (...of: unknown[]) => execute({ schema, document, variableValues: { of } })

it('answers representations of its entities, by any of their keys', async () => {
  const { data } = await ask(
    { __typename: 'Room', id: '1' },
    { __typename: 'Night', room: '1', date: '2027-02-28' },
    { __typename: 'Night', id: 'n' },
  )
  expect(data?._entities).toMatchObject([
    { name: 'Room 1' },
    { __typename: 'Night' },
    { __typename: 'Night' },
  ])
  expect((await ask()).data).toEqual({ _entities: [] })
})

it.each([
  ['nothing', {}],
  ['a text', 'Room'],
  ['a type that is not there', { __typename: 'Nothing', id: '1' }],
  ['a type that is no entity', { __typename: 'Other', id: '1' }],
  ['the root', { __typename: 'Query', id: '1' }],
  ['a prototype', { __typename: '__proto__', id: '1' }],
  ['no key', { __typename: 'Room' }],
  ['half a key', { __typename: 'Night', room: '1' }],
  ['a key that is no string', { __typename: 'Room', id: { $ne: '' } }],
  ['a key of a prototype', JSON.parse('{"__typename":"Room","__proto__":{"id":"1"}}')],
])('refuses one of %s, and answers those beside it', async (_, strange) => {
  const room = { __typename: 'Room', id: '1' }
  const { data, errors } = await ask(room, strange, room)
  expect(data?._entities).toMatchObject([{ name: 'Room 1' }, null, { name: 'Room 1' }])
  const extensions = { code: 'BAD_USER_INPUT', field: 'representations' }
  expect(errors).toMatchObject([{ path: ['_entities', 1], extensions }])
})

it.each(['broken', 'late'])('a resolver that fails for one fails for it alone: %s', async (id) => {
  const { data, errors } = await ask({ __typename: 'Room', id: '1' }, { __typename: 'Room', id })
  expect(data?._entities).toMatchObject([{ name: 'Room 1' }, null])
  expect(errors).toMatchObject([{ path: ['_entities', 1] }])
})
