import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clientSchema, createManifest } from './manifest.ts'

const schema = clientSchema(
  readFileSync(join(import.meta.dirname, '../../router/supergraph.graphql'), 'utf8'),
)
const manifestOf = (...texts: string[]) =>
  createManifest(
    schema,
    texts.map((text, number) => ({ name: `${number}.graphql`, text })),
  )

test('each operation comes with the fragments that it uses, of whatever file', () => {
  const manifest = manifestOf(
    'mutation Delete($id: ID!) { deleteRoom(roomId: $id) { __typename } } query Look($id: ID!) { room(id: $id) { ...room } }',
    'fragment room on Room { name ...place } fragment place on Room { location { city } } fragment spare on Room { id }',
  )
  expect(manifest).toMatchObject({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [
      { name: 'Delete', type: 'mutation', body: expect.not.stringContaining('fragment') },
      {
        name: 'Look',
        type: 'query',
        body: expect.stringMatching(/fragment room .*fragment place (?!.*spare)/s),
      },
    ],
  })
  for (const { id, body } of 'operations' in manifest ? manifest.operations : []) {
    expect(id).toBe(createHash('sha256').update(body).digest('hex'))
  }
})

test.each([
  [
    'what the schema does not have',
    ['query A { room(id: "1") {\n nope } }'],
    '0.graphql:2: Cannot query field "nope"',
  ],
  ['what is no GraphQL', ['query A {'], '0.graphql:1: Syntax Error'],
  [
    'two operations of one name',
    ['query A { __typename }', 'query A { __typename }'],
    '0.graphql:1: There can be only one operation named "A"',
  ],
  ['an operation without a name', ['{ __typename }'], '0.graphql: an operation needs a name'],
  ['what clients cannot see', ['query A { _service { sdl } }'], 'Cannot query field "_service"'],
])('%s is told by its place', (_, texts, sentence) => {
  expect(manifestOf(...texts)).toEqual([expect.stringContaining(sentence)])
})
