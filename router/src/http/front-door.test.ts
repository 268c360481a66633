import { createHash } from 'node:crypto'
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
