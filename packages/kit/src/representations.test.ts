import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse } from 'graphql'
import { expect, it } from 'vitest'
import { refuseStrangeRepresentations } from './representations.ts'

const schema = buildSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { other: Other }
    type Room @key(fields: "id") { id: ID! name: String }
    type Night @key(fields: "room date") @key(fields: "id") { id: ID room: ID date: String }
    type Other { id: ID! }`),
  resolvers: { Room: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `Room ${id}` }) } },
})
refuseStrangeRepresentations(schema)

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
])('refuses one of %s, and those beside it', async (_, strange) => {
  const { data, errors } = await ask({ __typename: 'Room', id: '1' }, strange)
  expect(data ?? null).toBeNull()
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'representations' } }])
})
