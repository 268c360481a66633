import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answer } from '@myhotel/kit/http'
import { eventually } from '@myhotel/kit/testing'
import { startProcess } from '@myhotel/kit/testing/process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hotel } from './fixture.ts'
import { bodyOf, createCleanup, startRouter } from './testing.ts'

// One hotel and the issuer of development tokens for all tests of this file: they only read, or write as a new user.
const cleanup = createCleanup()
let router: Awaited<ReturnType<typeof startRouter>>
let tokenOf: (account: string) => Promise<{ authorization: string }>
/** Headers as the subgraph `spy` was sent them. */
const seen: Record<string, unknown>[] = []

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'issuer-'))
  const issuer = await startProcess('tools/sandbox/identity-provider/main.ts', { DATA_DIR: folder })
  cleanup.add(() => rm(folder, { recursive: true }))
  cleanup.add(() => issuer.stop())
  tokenOf = async (account) => {
    const response = await fetch(`${issuer.url}/dev/token`, {
      method: 'POST',
      body: JSON.stringify({ account }),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    return { authorization: `Bearer ${access_token}` }
  }
  const spy = {
    schema: 'type Query { spy: String }',
    listener: async (request: Parameters<typeof bodyOf>[0], response: Parameters<typeof answer>[0]) => {
      await bodyOf(request)
      seen.push(request.headers)
      answer(response, 200, { data: { spy: 'seen' } })
    },
  }
  router = await startRouter(cleanup, { ...hotel(), spy }, { TOKEN_ISSUER: issuer.url })
  const token = await tokenOf('guest1')
  await eventually(async () => (await router.ask('{ spy }', { headers: token })).status === 200)
})
afterAll(() => cleanup.run())

test('one query reads from several subgraphs, in the name of the user', async () => {
  const { status, data, errors } = await router.ask(
    '{ booking(id: "b1") { guest roles room { name price } } }',
    {
      headers: await tokenOf('host7'),
    },
  )
  expect([status, errors]).toEqual([200, undefined])
  expect(data).toEqual({
    booking: { guest: 'host7', roles: ['guest', 'host'], room: { name: 'Room r1', price: 100 } },
  })
})

test('without a token nobody in particular asks, and subgraphs say what that is not enough for', async () => {
  const { data } = await router.ask('{ booking(id: "b1") { guest roles } }')
  expect(data).toEqual({ booking: { guest: null, roles: [] } })
  const { errors } = await router.ask('mutation { bookRoom(roomId: "r1") { id } }')
  expect(errors).toMatchObject([
    { path: ['bookRoom'], extensions: { code: 'UNAUTHENTICATED', serviceName: 'book' } },
  ])
})

test('nobody becomes a service, nor someone else, by a header', async () => {
  const headers = {
    'x-user': 'agent1',
    'x-user-roles': 'service',
    'x-forwarded-user': 'agent1',
    'x-roles': 'service,agent',
  }
  const { data, errors } = await router.ask('{ staff booking(id: "b1") { guest roles } }', { headers })
  expect(data).toEqual({ staff: null, booking: { guest: null, roles: [] } })
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
})

test('a bad token is refused, never taken for nobody', async () => {
  for (const authorization of ['Bearer nonsense', `Bearer ${'x'.repeat(2_000)}`, 'Basic Z3Vlc3QxOg==', '']) {
    const { status, headers, data, errors } = await router.ask('{ room(id: "r1") { id } }', {
      headers: { authorization },
    })
    expect([status, data]).toEqual([401, undefined])
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect(headers.get('www-authenticate')).toContain('Bearer')
  }
  const stranger = `Bearer ${await router.identities.signer('router')('router', { subject: 'agent1', roles: ['agent'] })}`
  const { status } = await router.ask('{ spy }', { headers: { authorization: stranger } })
  expect(status, 'the router’s own tokens are no access tokens').toBe(401)
})

test('no header of a client’s reaches a subgraph as it is', async () => {
  const token = await tokenOf('guest1')
  const headers = {
    ...token,
    cookie: 'a=b',
    'x-user': 'agent1',
    'x-read-after': 'book.b1:1',
    'x-correlation-id': 'no spaces, please',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    tracestate: 'a=b',
    baggage: 'c=d',
  }
  const { headers: answered } = await router.ask('{ spy }', { headers })
  const sent = seen.at(-1) ?? {}
  expect(Object.keys(sent).sort()).toEqual(
    [
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'traceparent',
      'x-correlation-id',
    ].sort(),
  )
  expect(sent.authorization).not.toBe(token.authorization)
  expect(sent['x-correlation-id']).toMatch(/^[0-9a-f]{32}$/)
  expect(sent['x-correlation-id']).toBe(answered.get('x-correlation-id'))
  expect(sent.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
  expect(sent.traceparent).not.toContain('4bf92f3577b34da6a3ce929d0e0e4736')
})

test('a user’s next query of My Page is told what the user wrote; a client may say so itself', async () => {
  const token = await tokenOf('guest41')
  const before = await router.ask('{ myPage }', { headers: token })
  expect(before.data).toEqual({ myPage: 'guest41 sees null' })

  const booked = await router.ask('mutation { bookRoom(roomId: "r41") { id } }', { headers: token })
  expect(booked.headers.get('x-read-after')).toBe('book.r41:1')
  expect(booked.extensions).toEqual({ readAfter: 'book.r41:1' })

  const after = await router.ask('{ myPage }', { headers: token })
  expect(after.data).toEqual({ myPage: 'guest41 sees book.r41:1' })
  expect(after.headers.has('x-read-after')).toBe(false)

  const other = await router.ask('{ myPage }', {
    headers: { ...(await tokenOf('guest42')), 'x-read-after': 'book.r41:1' },
  })
  expect(other.data).toEqual({ myPage: 'guest42 sees book.r41:1' })
})

test('what a subgraph tells in extensions is passed on', async () => {
  const { extensions } = await router.ask('{ myPage }', { headers: { 'x-read-after': 'book.late:1' } })
  expect(extensions).toEqual({ behind: 'book.late:1' })
})

test('a failure of a subgraph’s own is told by its code and without its insides', async () => {
  const { data, errors } = await router.ask('{ a: fail b: fail(code: "TOO_EARLY") room(id: "r1") { name } }')
  expect(data).toEqual({ a: null, b: null, room: { name: 'Room r1' } })
  const of = (path: string) => errors?.find((error) => error.path?.[0] === path)
  expect(of('a')).toEqual({
    message: 'internal error',
    path: ['a'],
    extensions: { code: 'INTERNAL_SERVER_ERROR', serviceName: 'book' },
  })
  expect(of('b')).toEqual({
    message: 'on purpose',
    path: ['b'],
    extensions: { code: 'TOO_EARLY', serviceName: 'book' },
  })
})

test.each([
  ['a variable', 'query ($on: Date!) { free(on: $on) }', { on: 'soon' }],
  ['a variable of another type', 'query ($id: ID!) { room(id: $id) { id } }', { id: { nested: true } }],
])('%s that does not fit is the client’s fault', async (_, query, variables) => {
  const { errors } = await router.ask(query, { variables })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
})

test('a literal that does not fit is the client’s fault', async () => {
  const { status, errors } = await router.ask('{ free(on: "2027-02-30") }')
  expect([status, errors]).toMatchObject([400, [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]])
  expect(errors?.[0]?.message).toContain('not a Date')
  expect(errors?.[0]?.extensions, 'no subgraph was asked').not.toHaveProperty('serviceName')
})

test('what the schema hides from clients cannot be asked for', async () => {
  const { status, errors } = await router.ask('{ secret }')
  expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
  const { data } = await router.ask('{ __type(name: "Query") { fields { name } } }')
  expect(JSON.stringify(data)).not.toContain('secret')
  expect((await router.ask('{ _entities(representations: []) { __typename } }')).status).toBe(400)
  expect((await router.ask('{ _service { sdl } }')).status).toBe(400)
})

test('a request leaves one line in the log, with its correlation id', async () => {
  const { headers } = await router.ask('query Look { room(id: "r1") { name } }', {
    headers: await tokenOf('guest1'),
  })
  const correlationId = headers.get('x-correlation-id')
  const line = await eventually(() => router.lines.find((one) => one.operation === 'Look'))
  expect(line).toMatchObject({
    msg: 'request',
    kind: 'query',
    status: 200,
    user: 'guest1',
    ms: expect.any(Number),
  })
  expect(correlationId).toMatch(/^[0-9a-f]{32}$/)
})
