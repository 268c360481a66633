import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { hotel } from '../fixture.ts'
import { createCleanup, deadUrl, startRouter } from '../testing.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

const start = (env: NodeJS.ProcessEnv = {}) => startRouter(cleanup, hotel(), env)
const json = { 'content-type': 'application/json' }
const codeOf = async (response: Response) =>
  ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code

const room = new URLSearchParams({ query: '{ room(id: "r1") { name } }' })

/** `a0: field a1: field …` */
const aliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, number) => `a${number}: ${field}`).join(' ')

test('GET is for queries, and only for those that a page of another origin could not have sent', async () => {
  const { url } = await start()
  const preflighted = { 'apollo-require-preflight': '1' }
  const answered = await fetch(`${url}/graphql?${room}`, { headers: preflighted })
  expect(await answered.json()).toEqual({ data: { room: { name: 'Room r1' } } })

  const simple = await fetch(`${url}/graphql?${room}`)
  expect([simple.status, await codeOf(simple)]).toEqual([400, 'BAD_REQUEST'])
  const mutation = new URLSearchParams({ query: 'mutation { bookRoom(roomId: "r1") { id } }' })
  expect((await fetch(`${url}/graphql?${mutation}`, { headers: preflighted })).status).toBe(405)
})

test.each<[string, number, string, RequestInit]>([
  ['a form', 400, 'BAD_REQUEST', { method: 'POST', body: room }],
  ['no JSON', 400, 'BAD_REQUEST', { method: 'POST', headers: json, body: '{' }],
  ['a batch', 400, 'BAD_REQUEST', { method: 'POST', headers: json, body: '[{"query":"{ __typename }"}]' }],
  ['no query', 400, 'BAD_REQUEST', { method: 'POST', headers: json, body: '{"variables":{}}' }],
  ['a syntax error', 400, 'GRAPHQL_PARSE_FAILED', { method: 'POST', headers: json, body: '{"query":"{"}' }],
  [
    'no such field',
    400,
    'GRAPHQL_VALIDATION_FAILED',
    { method: 'POST', headers: json, body: '{"query":"{ nope }"}' },
  ],
  [
    'no such operation',
    400,
    'OPERATION_RESOLUTION_FAILURE',
    { method: 'POST', headers: json, body: '{"query":"query A { __typename }","operationName":"B"}' },
  ],
  [
    'a document too long',
    400,
    'GRAPHQL_PARSE_FAILED',
    { method: 'POST', headers: json, body: `{"query":"{ ${'a '.repeat(1_000)} }"}` },
  ],
  [
    'too many aliases',
    400,
    'GRAPHQL_VALIDATION_FAILED',
    { method: 'POST', headers: json, body: `{"query":"{ ${aliases(31, '__typename')} }"}` },
  ],
  [
    'too deep a document',
    400,
    'GRAPHQL_VALIDATION_FAILED',
    { method: 'POST', headers: json, body: `{"query":"${'{ a '.repeat(16)}${'}'.repeat(16)}"}` },
  ],
  [
    'too many directives',
    400,
    'GRAPHQL_VALIDATION_FAILED',
    { method: 'POST', headers: json, body: `{"query":"{ __typename ${'@skip(if: false) '.repeat(31)}}"}` },
  ],
  [
    'too much',
    413,
    'BAD_REQUEST',
    { method: 'POST', headers: json, body: `{"query":"${' '.repeat(1 << 20)}"}` },
  ],
  ['PUT', 405, 'BAD_REQUEST', { method: 'PUT', headers: json, body: '{"query":"{ __typename }"}' }],
])('%s is answered with %i', async (_, status, code, init) => {
  const { url } = await start()
  const response = await fetch(`${url}/graphql`, init)
  expect([response.status, await codeOf(response)]).toEqual([status, code])
})

test('a persisted query is known by its hash once it has been sent', async () => {
  const { url } = await start()
  const query = '{ room(id: "r1") { name } }'
  const extensions = {
    persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
  }
  const post = (body: object) =>
    fetch(`${url}/graphql`, { method: 'POST', headers: json, body: JSON.stringify(body) })
  expect(await codeOf(await post({ extensions }))).toBe('PERSISTED_QUERY_NOT_FOUND')
  expect((await post({ query, extensions })).status).toBe(200)
  expect(await (await post({ extensions })).json()).toEqual({ data: { room: { name: 'Room r1' } } })
})

test('every answer is guarded, also that there is nothing here', async () => {
  const { url } = await start()
  for (const path of ['/graphql', '/nothing', '/.env', '//graphql']) {
    const { headers } = await fetch(url + path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-correlation-id')).toMatch(/^[0-9a-f]{32}$/)
    expect(headers.has('x-powered-by')).toBe(false)
  }
  expect((await fetch(`${url}/nothing`)).status).toBe(404)
})

test('pages of listed origins may call, and read what they need to', async () => {
  const { url } = await start({ CORS_ORIGINS: 'https://app.example, https://m.app.example' })
  const preflight = (origin: string) => fetch(`${url}/graphql`, { method: 'OPTIONS', headers: { origin } })
  const allowed = await preflight('https://app.example')
  expect(allowed.status).toBe(204)
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example')
  expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization')
  expect(allowed.headers.get('vary')).toContain('origin')
  expect(allowed.headers.has('access-control-allow-credentials')).toBe(false)
  for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'null']) {
    expect((await preflight(origin)).headers.has('access-control-allow-origin')).toBe(false)
  }
  const answered = await fetch(`${url}/graphql`, { headers: { origin: 'https://m.app.example' } })
  expect(answered.headers.get('access-control-allow-origin')).toBe('https://m.app.example')
  expect(answered.headers.get('access-control-expose-headers')).toContain('x-read-after')
})

test('in development any page may call where it is said so, otherwise none', async () => {
  const headers = { origin: 'http://localhost:5173' }
  const open = await start({ CORS_ORIGINS: '*' })
  expect((await fetch(`${open.url}/graphql`, { headers })).headers.get('access-control-allow-origin')).toBe(
    '*',
  )
  const closed = await start()
  expect((await fetch(`${closed.url}/graphql`, { headers })).headers.has('access-control-allow-origin')).toBe(
    false,
  )
})

test('who asks too often is told when to ask again, by user or address', async () => {
  const { url, ask } = await start({
    ...{ RATE_LIMIT_ADDRESS: '3', RATE_LIMIT_WINDOW_SECONDS: '3600' },
    ...{ TRUST_PROXY: '1', CORS_ORIGINS: '*' },
  })
  const from = (address: string) =>
    ask('{ room(id: "r1") { name } }', {
      headers: { 'x-forwarded-for': address, origin: 'https://app.example' },
    })
  for (const remaining of [2, 1, 0]) {
    const { status, headers } = await from('192.0.2.1')
    expect(status).toBe(200)
    expect(headers.get('ratelimit')).toMatch(new RegExp(`^"address";r=${remaining};t=3[56]\\d\\d$`))
    expect(headers.get('ratelimit-policy')).toBe('"address";q=3;w=3600')
  }
  const { status, headers, errors } = await from('192.0.2.1')
  const retryAfterSeconds = Number(headers.get('retry-after'))
  expect(status).toBe(429)
  expect(retryAfterSeconds).toBeGreaterThan(3_000)
  expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds })
  expect(headers.get('access-control-expose-headers')).toContain('ratelimit-policy')
  expect((await from('192.0.2.2')).status, 'another address').toBe(200)

  const guess = () =>
    fetch(`${url}/graphql`, { method: 'POST', headers: { ...json, authorization: 'Bearer no' }, body: '{}' })
  const statuses = [await guess(), await guess(), await guess(), await guess()].map((answer) => answer.status)
  expect(statuses, 'guessing tokens').toEqual([401, 401, 401, 429])
})

test('mutations are counted for themselves, each of several in one operation', async () => {
  const { ask } = await start({ RATE_LIMIT_MUTATIONS: '3', RATE_LIMIT_WINDOW_SECONDS: '3600' })
  const two =
    'mutation { ...F } fragment F on Mutation { a: bookRoom(roomId: "r1") { id } b: bookRoom(roomId: "r2") { id } }'
  const first = await ask(two)
  expect(first.status).toBe(200)
  expect(first.headers.get('ratelimit')).toMatch(/^"address";r=299;t=3[56]\d\d, "mutations";r=1;t=3[56]\d\d$/)
  const { status, headers, data, errors } = await ask(two)
  expect([status, data]).toEqual([429, undefined])
  expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) })
  expect(headers.get('retry-after')).toBe(String(errors?.[0]?.extensions.retryAfterSeconds))
  expect((await ask('{ room(id: "r1") { name } }')).status, 'queries go on').toBe(200)
})

test('what proxies say is believed of those that are trusted alone', async () => {
  const headers = { 'x-forwarded-proto': 'https' }
  const behind = await start({ TRUST_PROXY: 'loopback, 10.0.0.0/8' })
  const secure = await fetch(`${behind.url}/graphql`, { headers })
  expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
  const plain = await fetch(`${behind.url}/graphql`)
  expect(plain.headers.has('strict-transport-security')).toBe(false)
  const open = await start()
  expect((await fetch(`${open.url}/graphql`, { headers })).headers.has('strict-transport-security')).toBe(
    false,
  )
})

test('a page has at most a hundred entries and an operation ten thousand objects, also by variables', async () => {
  const rooms = {
    schema:
      'type Query { rooms(first: Int): [Room!]! } type Room { id: ID! rooms(first: Int = 20): [Room!]! }',
    resolvers: { Query: { rooms: () => [] } },
  }
  const { ask } = await startRouter(cleanup, { rooms })
  const page = 'query ($first: Int) { rooms(first: $first) { id rooms { id rooms(first: $first) { id } } } }'
  expect((await ask(page, { variables: { first: 5 } })).status).toBe(200)
  for (const first of [101, -1, 2 ** 31 - 1]) {
    const { status, errors } = await ask(page, { variables: { first } })
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
  }
  expect((await ask('{ rooms(first: 101) { id } }')).errors?.[0]?.message).toBe(
    'first must be between 0 and 100',
  )
  const { status, errors } = await ask(page, { variables: { first: 100 } })
  expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'OPERATION_TOO_COSTLY'])
  expect(errors?.[0]?.message).toContain('202100 objects; the limit is 10000')
})

test('a body that does not come to an end is not waited for', async () => {
  const { url } = await start({ REQUEST_TIMEOUT_MS: '200' })
  const answered = Promise.withResolvers<number | undefined>()
  const sending = request(`${url}/graphql`, { method: 'POST', headers: json }, (response) => {
    answered.resolve(response.resume().statusCode)
  })
  sending.on('error', answered.reject)
  sending.write('{"query":')
  expect(await answered.promise).toBe(408)
  sending.destroy()
})

test('without introspection the schema stays untold, also by suggestions', async () => {
  const { ask } = await start({ INTROSPECTION: 'false' })
  const { errors } = await ask('{ __schema { types { name } } }')
  expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }])
  const misspelt = await ask('{ rooom(id: "r1") { name } }')
  expect(misspelt.errors?.[0]?.message).not.toContain('Did you mean')
})

test('an issuer that is away: anonymous requests work, tokens are answered with 503', async () => {
  const { ask } = await start({ TOKEN_ISSUER: await deadUrl() })
  expect((await ask('{ room(id: "r1") { name } }')).status).toBe(200)
  const { status, errors, headers } = await ask('{ room(id: "r1") { name } }', {
    headers: { authorization: 'Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.e30.c2ln' },
  })
  expect([status, headers.get('retry-after')]).toEqual([503, '5'])
  expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }])
})

/** The status of a request that names another host than it is sent to, as a rebound name of a page does. */
const statusWithHost = (url: string, host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })

test('in development only names of this machine, or that are told, are answered to', async () => {
  const { url } = await start({ DEVELOPMENT_HOSTS: 'dev.example' })
  const port = new URL(url).port
  const statuses = async (path: string) => [
    await statusWithHost(url + path, `evil.example:${port}`),
    await statusWithHost(url + path, `localhost:${port}`),
    await statusWithHost(url + path, 'dev.example'),
  ]
  expect(await statuses('/')).toEqual([421, 200, 200])
  expect(await statuses('/graphql')).toEqual([421, 400, 400])
})

test('in production the router has any name', async () => {
  const issuer = { TOKEN_ISSUER: 'https://issuer.example', NODE_ENV: 'production' }
  const { url } = await start(issuer)
  expect(await statusWithHost(`${url}/graphql`, 'api.example')).toBe(400)
})
