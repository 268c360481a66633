import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { ApolloServer } from '@apollo/server'
import { afterEach, expect, test } from 'vitest'
import { plainApollo } from './apollo.ts'
import { answer, httpServer, type Patience, serveGraphql } from './http.ts'
import { createTestLog, startParts } from './testing.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function startGraphql(patience?: Patience) {
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
    patience,
    handle: (request, response) => void serveGraphql(apollo, async () => ({}), request, response),
  })
  const { url, stop } = await startParts([http], lines)
  stops.push(stop)
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
  return Object.assign(post, { port: Number(new URL(url).port) })
}

const hello = JSON.stringify({ query: '{ echo(text: "hello") }' })

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

test.each([
  ['compressed', gzipSync(hello), { 'content-encoding': 'gzip' }, 415],
  [
    'of another charset',
    Buffer.from(hello, 'utf16le'),
    { 'content-type': 'application/json; charset=utf-16' },
    415,
  ],
  ['that is no UTF-8', Buffer.from(hello.replace('hello', '\xff'), 'latin1'), {}, 400],
  [
    'of another type that names JSON',
    Buffer.from(hello),
    { 'content-type': 'text/html; a=application/json' },
    400,
  ],
])('a body %s is refused', async (_, body, headers, status) => {
  const post = await startGraphql()
  const response = await post(new Uint8Array(body), headers)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })
})

test('a body may say that it is UTF-8 and not compressed', async () => {
  const post = await startGraphql()
  const headers = { 'content-type': 'Application/JSON; charset="UTF-8"', 'content-encoding': 'identity' }
  expect(await (await post(hello, headers)).json()).toEqual({ data: { echo: 'hello' } })
})

test.each([
  ['headers', 'POST / HTTP/1.1\r\nhost: x\r\n'],
  ['a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{'],
])('whoever is slow to send %s is waited for only so long', async (_, beginning) => {
  const { port } = await startGraphql({ headersMs: 100, requestMs: 200, lookEveryMs: 10 })
  // The drop that comes after the answer meets a closed socket: the connection may end with a reset.
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  let answered = ''
  socket.setEncoding('utf8').on('data', (text) => (answered += text))
  socket.write(beginning)
  const dripping = setInterval(() => socket.write('a'), 20)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(dripping)
  expect(answered).toMatch(/^HTTP\/1\.1 (408|400) /)
})

test('a header that is sent twice is one with both values', async () => {
  const { log, lines } = createTestLog()
  const http = httpServer({
    ...{ port: 0, host: '127.0.0.1', log },
    handle: (request, response) => answer(response, 200, request.headers.authorization),
  })
  const { url, stop } = await startParts([http], lines)
  stops.push(stop)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end('GET / HTTP/1.1\r\nhost: x\r\nauthorization: a\r\nAuthorization: b\r\nconnection: close\r\n\r\n')
  expect(await text(socket)).toContain('"a, b"')
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
