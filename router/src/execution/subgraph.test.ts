import type { RequestListener } from 'node:http'
import { answer } from '@myhotel/kit/http'
import { eventually } from '@myhotel/kit/testing'
import { afterEach, expect, test } from 'vitest'
import { bodyOf, createCleanup, deadUrl, listen, startRouter } from '../testing.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

const steady = {
  schema: 'type Query { steady: String }',
  resolvers: { Query: { steady: () => 'here' } },
}
const shaky = 'type Query { shaky: String } type Mutation { shake: String }'

/** A router over a subgraph that is well and one that behaves as told. */
const withShaky = (
  behaviour: { listener: RequestListener } | { urls: string },
  env: NodeJS.ProcessEnv = {},
) => startRouter(cleanup, { steady, shaky: { schema: shaky, ...behaviour } }, env)

const failure = (code: string) => ({ extensions: { code, serviceName: 'shaky' } })

test('a subgraph that is down costs what it would have answered, and nothing more', async () => {
  const { ask, lines } = await withShaky({ urls: await deadUrl() })
  const { status, data, errors } = await ask('{ steady shaky }')
  expect([status, data]).toEqual([200, { steady: 'here', shaky: null }])
  expect(errors).toEqual([
    { message: 'shaky is not available at the moment', path: ['shaky'], ...failure('SERVICE_UNAVAILABLE') },
  ])
  expect(lines.find(({ msg }) => msg === 'subgraph failed')).toMatchObject({
    subgraph: 'shaky',
    err: { code: 'ECONNREFUSED' },
  })
})

test.each<[string, string, RequestListener]>([
  ['text', 'BAD_GATEWAY', (_, response) => response.end('<html>nginx at 10.0.0.7</html>')],
  ['JSON that is no answer', 'BAD_GATEWAY', (_, response) => answer(response, 200, [1])],
  [
    'half an answer',
    'BAD_GATEWAY',
    (_, response) =>
      response.writeHead(200, { 'content-length': 99 }).write('{"data"', () => response.destroy()),
  ],
  ['a cut connection', 'BAD_GATEWAY', (_, response) => response.destroy()],
  ['500', 'BAD_GATEWAY', (_, response) => answer(response, 500, { stack: 'at secret.ts:1' })],
  ['503', 'SERVICE_UNAVAILABLE', (_, response) => answer(response, 503, {})],
  ['504', 'GATEWAY_TIMEOUT', (_, response) => answer(response, 504, {})],
  [
    '401',
    'UNAUTHENTICATED',
    (_, response) => answer(response, 401, { errors: [{ message: 'whoever you are' }] }),
  ],
  ['403', 'FORBIDDEN', (_, response) => answer(response, 403, {})],
])('an answer of %s is told as %s and without what it said', async (_, code, listener) => {
  const { ask } = await withShaky({ listener })
  const { data, errors } = await ask('{ steady shaky }')
  expect(data).toEqual({ steady: 'here', shaky: null })
  const message = expect.stringMatching(/^shaky [a-z ]+$/)
  expect(errors).toEqual([{ message, path: ['shaky'], ...failure(code) }])
})

test('a refusal of the operation, whatever its HTTP status, is an answer', async () => {
  const refusal = {
    errors: [{ message: 'not this', extensions: { code: 'BAD_USER_INPUT', trace: 'inside' } }],
  }
  const { ask } = await withShaky({ listener: (_, response) => answer(response, 400, refusal) })
  const { errors } = await ask('{ shaky }')
  expect(errors).toEqual([{ message: 'not this', ...failure('BAD_USER_INPUT') }])
})

test('a subgraph that is silent is waited for as long as told', async () => {
  const { ask } = await withShaky({ listener: () => {} }, { SUBGRAPH_TIMEOUT_MS: '100' })
  const { data, errors } = await ask('{ steady shaky }')
  expect(data).toEqual({ steady: 'here', shaky: null })
  expect(errors).toMatchObject([failure('GATEWAY_TIMEOUT')])
})

test('a subgraph that trickles cannot hold a request longer than requests may take', async () => {
  const trickle: RequestListener = (_, response) => {
    response.writeHead(200)
    const drip = setInterval(() => response.write(' '), 20)
    response.once('close', () => clearInterval(drip))
  }
  const { ask } = await withShaky({ listener: trickle }, { REQUEST_TIMEOUT_MS: '200' })
  const { status, errors } = await ask('mutation { shake }')
  expect([status, errors?.[0]?.extensions]).toEqual([504, { code: 'GATEWAY_TIMEOUT' }])
})

test('replicas take turns; one that is down is passed over', async () => {
  const served = { first: 0, second: 0 }
  const replica = (name: keyof typeof served) =>
    listen(cleanup, (_, response) => {
      served[name] += 1
      answer(response, 200, { data: { shaky: name } })
    })
  const urls = [(await replica('first')).url, await deadUrl(), `${(await replica('second')).url}/`]
  const { ask } = await withShaky({ urls: urls.join(', ') })
  for (let i = 0; i < 6; i += 1) expect((await ask('{ shaky }')).errors).toBe(undefined)
  expect(served.first + served.second).toBe(6)
  expect(Math.min(served.first, served.second)).toBeGreaterThanOrEqual(2)
})

test('a mutation that reached a replica is never sent to another', async () => {
  let received = 0
  const cut: RequestListener = (_, response) => {
    received += 1
    response.destroy()
  }
  const urls = [(await listen(cleanup, cut)).url, (await listen(cleanup, cut)).url]
  const { ask } = await withShaky({ urls: urls.join() })
  expect((await ask('mutation { shake }')).errors).toMatchObject([failure('BAD_GATEWAY')])
  expect(received).toBe(1)
})

test('a query whose replica ends under it is asked of one other', async () => {
  let cuts = 0
  const cut: RequestListener = (_, response) => {
    cuts += 1
    response.destroy()
  }
  const well: RequestListener = (_, response) => answer(response, 200, { data: { shaky: 'here' } })
  const urls = [(await listen(cleanup, cut)).url, (await listen(cleanup, well)).url]
  const { ask } = await withShaky({ urls: urls.join() })
  for (let i = 0; i < 2; i += 1) expect(await ask('{ shaky }')).toMatchObject({ data: { shaky: 'here' } })
  expect(cuts).toBe(1)

  const allCut = await Promise.all([cut, cut, cut].map((listener) => listen(cleanup, listener)))
  const other = await withShaky({ urls: allCut.map(({ url }) => url).join() })
  expect((await other.ask('{ shaky }')).errors).toMatchObject([failure('BAD_GATEWAY')])
  expect(cuts).toBe(3)
})

test('a query whose client has gone is cancelled at the subgraph', async () => {
  const arrived = Promise.withResolvers<void>()
  const cancelled = Promise.withResolvers<void>()
  const { url } = await withShaky({
    listener: (_, response) => {
      response.once('close', cancelled.resolve)
      arrived.resolve()
    },
  })
  const client = new AbortController()
  const asked = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ shaky }"}',
    signal: client.signal,
  })
  await arrived.promise
  client.abort()
  await expect(asked).rejects.toThrow('abort')
  await cancelled.promise
})

test('a mutation whose client has gone goes on, and is remembered', async () => {
  const arrived = Promise.withResolvers<() => void>()
  const { url, lines, ask } = await withShaky({
    listener: (_, response) => arrived.resolve(() => answer(response, 200, { data: { shake: 'done' } })),
  })
  const client = new AbortController()
  const asked = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"mutation Shake { shake }"}',
    signal: client.signal,
  })
  const respond = await arrived.promise
  client.abort()
  await expect(asked).rejects.toThrow('abort')
  // By the time this is answered, the router knows that the other client has gone.
  await ask('{ steady }')
  respond()
  const line = await eventually(() => lines.find(({ operation }) => operation === 'Shake'))
  expect(line.status).toBe(499)
  expect(lines.filter(({ msg }) => msg === 'subgraph failed')).toEqual([])
})

test('a null that the schema does not allow is an error', async () => {
  const listener: RequestListener = (_, response) =>
    answer(response, 200, { data: { strict: { name: null } } })
  const strict = { schema: 'type Query { strict: Strict } type Strict { name: String! }', listener }
  const { ask } = await startRouter(cleanup, { steady, strict })
  const { data, errors, extensions } = await ask('{ steady strict { name } }')
  expect([data, extensions]).toEqual([{ steady: 'here', strict: null }, undefined])
  expect(errors).toEqual([
    {
      message: expect.stringContaining('Strict.name'),
      path: ['strict', 'name'],
      extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' },
    },
  ])
})

test('a subgraph is sent the text and the variables, and an operation’s text only once escaped stays right', async () => {
  const bodies: unknown[] = []
  const { ask } = await startRouter(cleanup, {
    echo: {
      schema: 'type Query { echo(text: String): String }',
      listener: async (request, response) => {
        bodies.push(await bodyOf(request))
        answer(response, 200, { data: { echo: 'x' } })
      },
    },
  })
  for (const text of ['"\\ \n', 'Ä€𝄞']) {
    await ask('query Echo($text: String) { echo(text: $text) }', { variables: { text, unused: 1 } })
    expect(bodies.at(-1)).toMatchObject({
      query: expect.stringContaining('echo(text:$text)'),
      variables: { text },
    })
  }
  await ask('{ echo(text: "a \\"quoted\\" word") }')
  expect(bodies.at(-1)).toMatchObject({
    query: expect.stringContaining('a \\"quoted\\" word'),
    variables: {},
  })
})
