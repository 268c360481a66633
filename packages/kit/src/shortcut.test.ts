import { ApolloServer, HeaderMap } from '@apollo/server'
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { plainApollo } from './apollo.ts'
import { executedOnce } from './executed-once.ts'
import { createShortcut } from './shortcut.ts'
import { createTestLog } from './testing.ts'

type Context = { readonly extensions: Record<string, unknown>; readonly caller: string }

const resolved = vi.fn()
const schema = withResolvers(
  buildSchema(`
    type Query { hello(name: String! = "you", times: Int): String, nobody: String!, note: String }
    type Mutation { write(text: String!): Int, fail(code: String): Int, failWhole: Int! }
  `),
  {
    hello: (args, { caller }) => `${caller} says hello to ${args.name}`,
    nobody: () => null,
    note(_, { extensions }) {
      extensions.noted = true
      return 'noted'
    },
    write: (args) => (args.text as string).length,
    fail({ code }) {
      throw code ? new GraphQLError('no', { extensions: { code } }) : new Error('secret')
    },
    failWhole() {
      throw new Error('secret')
    },
  },
)

type Resolver = (args: Record<string, unknown>, context: Context) => unknown

function withResolvers(schema: GraphQLSchema, resolvers: Record<string, Resolver>) {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      field.resolve = (_, args, context) => {
        resolved(field.name)
        return resolvers[field.name]?.(args, context)
      }
    }
  }
  return schema
}

const plain = plainApollo(createTestLog().log)
const common = {
  ...plain,
  introspection: true,
  csrfPrevention: false,
  formatError: (formatted: object, error: unknown) => ({ ...formatted, message: `told: ${String(error)}` }),
}
const alone = new ApolloServer<Context>({ ...common, schema })
const { gateway, known } = executedOnce<Context>(schema)
const behind = new ApolloServer<Context>({ ...common, gateway })
const shortcut = createShortcut({ apollo: behind, known, rememberedCharacters: 100_000 })
const asked = vi.spyOn(behind, 'executeHTTPGraphQLRequest')
beforeAll(() => Promise.all([alone.start(), behind.start()]))
afterAll(() => Promise.all([alone.stop(), behind.stop()]))
beforeEach(() => void vi.clearAllMocks())

async function answerOf(
  server: Pick<typeof alone, 'executeHTTPGraphQLRequest'>,
  body: unknown,
  accept = '*/*',
) {
  resolved.mockClear()
  const {
    status,
    headers,
    body: told,
  } = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      ...{ method: 'POST', search: '', body },
      headers: new HeaderMap([
        ['content-type', 'application/json'],
        ['accept', accept],
      ]),
    },
    context: async () => ({ extensions: {}, caller: 'I' }),
  })
  const text = told.kind === 'complete' ? told.string : 'parts'
  return { status: status ?? 200, headers: [...headers], text, resolved: resolved.mock.calls.flat() }
}

it.each([
  ['a query', { query: 'query ($name: String!) { hello(name: $name) }', variables: { name: 'her' } }],
  ['one without variables', { query: '{ a: hello b: hello(name: "him") __typename }' }],
  [
    'one of several operations',
    { query: 'query A { hello } mutation B { write(text: "b") }', operationName: 'B' },
  ],
  ['a mutation', { query: 'mutation ($text: String!) { write(text: $text) }', variables: { text: 'abc' } }],
  ['introspection', { query: '{ __schema { queryType { name } } }' }],
])('answers %s as Apollo Server does, and asks it once', async (_, body) => {
  const told = await answerOf(alone, body)
  for (let time = 0; time < 3; time += 1) expect(await answerOf(shortcut, body)).toEqual(told)
  expect(asked).toHaveBeenCalledTimes(1)
})

it.each([
  ['an error of a resolver', { query: 'mutation M1($code: String) { fail(code: $code) write(text: "a") }' }],
  ['a refusal', { query: 'mutation M2 { fail(code: "FORBIDDEN") write(text: "a") }' }],
  ['no data at all', { query: 'mutation M3 { write(text: "a") failWhole }' }],
  ['a null that must not be', { query: 'query M4 { hello nobody }' }],
  [
    'variables that do not fit',
    { query: 'query M5($times: Int!) { hello(times: $times) }', variables: { times: 'x' } },
  ],
  ['a document that is not valid', { query: '{ goodbye }' }],
  ['a document that is none', { query: '{ hello' }],
  ['no document', {}],
  ['an operation that is not there', { query: 'query A { hello }', operationName: 'B' }],
])('leaves %s to Apollo Server, and executes it once', async (_, body) => {
  const told = await answerOf(alone, body)
  for (let time = 0; time < 2; time += 1) expect(await answerOf(shortcut, body)).toEqual(told)
  expect(asked).toHaveBeenCalledTimes(2)
})

it('executes once what fails after it has gone well', async () => {
  const query =
    'mutation ($text: String!, $code: String) { write(text: $text) fail(code: $code) @include(if: $fails) }'
  const body = (fails: boolean) => ({
    query: query.replace('$code: String', '$code: String, $fails: Boolean!'),
    variables: { text: 'a', fails },
  })
  await answerOf(shortcut, body(false))
  expect((await answerOf(shortcut, body(false))).resolved).toEqual(['write'])
  expect(asked).toHaveBeenCalledTimes(1)
  const told = await answerOf(alone, body(true))
  expect(told.resolved).toEqual(['write', 'fail'])
  expect(await answerOf(shortcut, body(true))).toEqual(told)
})

it('tells apart what differs in more than variables', async () => {
  const query = '{ hello }'
  await answerOf(shortcut, { query }, 'application/json')
  const other = 'application/graphql-response+json'
  expect(await answerOf(shortcut, { query }, other)).toEqual(await answerOf(alone, { query }, other))
  expect(await answerOf(shortcut, { query }, 'text/html')).toEqual(
    await answerOf(alone, { query }, 'text/html'),
  )
})

it('tells what resolvers note', async () => {
  const query = '{ note }'
  await answerOf(shortcut, { query })
  expect((await answerOf(shortcut, { query })).text).toBe(
    '{"data":{"note":"noted"},"extensions":{"noted":true}}\n',
  )
})
