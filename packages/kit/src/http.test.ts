import { Agent, get } from 'node:http'
import { ApolloServer } from '@apollo/server'
import { afterEach, expect, test } from 'vitest'
import { plainApollo } from './apollo.ts'
import { answer, httpServer, serveGraphql } from './http.ts'
import { createTestLog, startParts } from './testing.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function startGraphql() {
  const { log, lines } = createTestLog()
  const apollo = new ApolloServer({
    ...plainApollo(log),
    typeDefs: 'type Query { echo(text: String!): String! }',
    resolvers: { Query: { echo: (_: unknown, { text }: { text: string }) => text } },
  })
  await apollo.start()
  const http = httpServer({
    port: 0,
    host: '127.0.0.1',
    log,
    handle: (request, response) => void serveGraphql(apollo, async () => ({}), request, response),
  })
  const { url, stop } = await startParts([http], lines)
  stops.push(stop)
  return (body: string, type = 'application/json') =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': type } })
}

test('answers GraphQL over HTTP', async () => {
  const post = await startGraphql()
  const query = 'query ($text: String!) { echo(text: $text) }'
  const response = await post(JSON.stringify({ query, variables: { text: 'Ä€𝄞'.repeat(40_000) } }))
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ data: { echo: 'Ä€𝄞'.repeat(40_000) } })
})

test.each([
  ['no JSON', '{"query":', 400, 'BAD_REQUEST'],
  ['nothing', '', 400, 'BAD_REQUEST'],
  ['more than a mebibyte', JSON.stringify({ query: 'x'.repeat(5_000_000) }), 413, 'BAD_REQUEST'],
  ['a query that is none', '{"query":"{ nope }"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
])('a body of %s is the client’s fault', async (_, body, status, code) => {
  const post = await startGraphql()
  const response = await post(body)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] })
})

test('stopping lets a request finish, and does not wait for its kept-alive connection', async () => {
  const { log, lines } = createTestLog()
  const arrived = Promise.withResolvers<() => void>()
  const http = httpServer({
    port: 0,
    host: '127.0.0.1',
    log,
    handle: (_, response) => arrived.resolve(() => answer(response, 200, { late: true })),
  })
  const { url, stop } = await startParts([http], lines)
  const agent = new Agent({ keepAlive: true })
  const status = new Promise((resolve, reject) => {
    get(url, { agent }, (response) => resolve(response.resume().statusCode)).once('error', reject)
  })
  const respond = await arrived.promise
  const stopped = stop()
  respond()
  expect(await status).toBe(200)
  await stopped
  agent.destroy()
})
