import type { RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { answer } from '@myhotel/kit/http'
import { afterEach, expect, test } from 'vitest'
import { createCleanup, isLook, startRouter } from '../testing.ts'

// A subgraph may answer anything. What is of no use is an error with a code, at its place, told to the log once; what
// others answered is there; nothing of what it said gets out.
const cleanup = createCleanup()
afterEach(() => cleanup.run())

const steady = {
  schema: 'type Query { steady: String }',
  resolvers: { Query: { steady: () => 'here' } },
}
const shaky = `type Query { shaky: String thing: Thing things: [Thing] } type Mutation { shake: String }
  type Thing { id: ID }`

const start = (behaviour: { listener: RequestListener } | { urls: string }, env: NodeJS.ProcessEnv = {}) =>
  startRouter(cleanup, { steady, shaky: { schema: shaky, ...behaviour } }, env)

const json = { 'content-type': 'application/json' }
const says =
  (body: string | Buffer, headers: Record<string, string> = json, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body)
const good = '{"data":{"shaky":"secret"}}'
const deep = (open: string, close: string, levels = 100_000) => open.repeat(levels) + close.repeat(levels)

/** Writes until the other side has had enough. */
function pour(response: ServerResponse, chunk: Buffer): void {
  while (!response.destroyed && response.write(chunk)) {}
  if (!response.destroyed) response.once('drain', () => pour(response, chunk))
}

const noAnswers: [string, string, RequestListener][] = [
  ['nothing', 'BAD_GATEWAY', says('')],
  ['204', 'BAD_GATEWAY', says('', {}, 204)],
  ['a page', 'BAD_GATEWAY', says('<html>secret</html>', { 'content-type': 'text/html' })],
  ['JSON that is called a page', 'BAD_GATEWAY', says(good, { 'content-type': 'text/html' })],
  ['JSON that is called text', 'BAD_GATEWAY', says(good, { 'content-type': 'text/plain; charset=utf-8' })],
  ['half of its JSON', 'BAD_GATEWAY', says(good.slice(0, -1))],
  ['JSON with NaN', 'BAD_GATEWAY', says('{"data":{"shaky":NaN}}')],
  ['JSON twice', 'BAD_GATEWAY', says(good + good)],
  ['a byte order mark', 'BAD_GATEWAY', says(`\uFEFF${good}`)],
  ['UTF-16', 'BAD_GATEWAY', says(Buffer.from(good, 'utf16le'))],
  ['bytes that are no UTF-8', 'BAD_GATEWAY', says(Buffer.from(good.replace('secret', '\u00ff'), 'latin1'))],
  ['a number', 'BAD_GATEWAY', says('1')],
  ['null', 'BAD_GATEWAY', says('null')],
  ['a list', 'BAD_GATEWAY', says(`[${good}]`)],
  ['an object without data', 'BAD_GATEWAY', says('{"secret":1}')],
  ['data that is null, without an error', 'BAD_GATEWAY', says('{"data":null}')],
  ['no data and no error', 'BAD_GATEWAY', says('{"data":null,"errors":[]}')],
  ['data that is a list', 'BAD_GATEWAY', says('{"data":[{"shaky":"secret"}]}')],
  ['data that is a text', 'BAD_GATEWAY', says('{"data":"secret"}')],
  ['data that is a flag', 'BAD_GATEWAY', says('{"data":true}')],
  ['errors that are a text', 'BAD_GATEWAY', says('{"data":{"shaky":"secret"},"errors":"secret"}')],
  ['errors that are an object', 'BAD_GATEWAY', says('{"data":null,"errors":{"message":"secret"}}')],
  ['errors that are a number', 'BAD_GATEWAY', says('{"errors":7}')],
  ['lists in lists', 'BAD_GATEWAY', says(deep('[', ']'))],
  ['what is compressed', 'BAD_GATEWAY', says(gzipSync(good), { ...json, 'content-encoding': 'gzip' })],
  [
    'a hundred megabytes, compressed',
    'BAD_GATEWAY',
    says(gzipSync(Buffer.alloc(100_000_000, 32)), { ...json, 'content-encoding': 'gzip' }),
  ],
  ['a way elsewhere', 'BAD_GATEWAY', says(good, { ...json, location: 'http://127.0.0.1:9/' }, 302)],
  ['a way elsewhere for ever', 'BAD_GATEWAY', says(good, { ...json, location: '/graphql' }, 308)],
  ['data with a status of failure', 'BAD_GATEWAY', says(good, json, 500)],
  ['data with a status of refusal', 'BAD_GATEWAY', says(good, json, 418)],
  [
    'a body without an end',
    'BAD_GATEWAY',
    (_, response) => pour(response.writeHead(200, json), Buffer.alloc(1 << 20, 32)),
  ],
  [
    'a body that never comes',
    'GATEWAY_TIMEOUT',
    (_, response) => void response.writeHead(200, json).write('{"data":'),
  ],
  [
    'less than it promised',
    'BAD_GATEWAY',
    (_, response) =>
      response.writeHead(200, { ...json, 'content-length': '99' }).write(good, () => response.destroy()),
  ],
]

test.each(noAnswers)('%s is told as %s', async (_, code, listener) => {
  const SUBGRAPH_TIMEOUT_MS = code === 'GATEWAY_TIMEOUT' ? '300' : '20000'
  const { ask, lines } = await start({ listener }, { SUBGRAPH_TIMEOUT_MS })
  const { status, data, errors, headers } = await ask('{ steady shaky }')
  expect([status, data]).toEqual([200, { steady: 'here', shaky: null }])
  expect(errors).toMatchObject([
    {
      message: expect.stringMatching(/^shaky [a-z ]+$/),
      path: ['shaky'],
      extensions: { code, serviceName: 'shaky' },
    },
  ])
  expect(headers.get('location')).toBe(null)
  expect(JSON.stringify(errors)).not.toContain('secret')
  expect(lines.filter(({ msg }) => msg === 'subgraph failed')).toMatchObject([{ subgraph: 'shaky', code }])
})

test.each<[string, string]>([
  ['headers without an end', `HTTP/1.1 200 OK\r\n${'x-more: secret\r\n'.repeat(10_000)}`],
  ['a header of a megabyte', `HTTP/1.1 200 OK\r\nx-more: ${'secret'.repeat(200_000)}\r\n\r\n`],
  ['what is no HTTP', 'secret secret secret\r\n\r\n'],
  [
    'chunks that are none',
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n',
  ],
  [
    'two lengths',
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\ncontent-length: 27\r\n\r\n${good}`,
  ],
])('%s are no answer', async (_, bytes) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write(bytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup.add(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { ask, lines } = await start({ urls: `http://127.0.0.1:${address.port}` })
  const { status, data, errors } = await ask('{ steady shaky }')
  expect([status, data]).toEqual([200, { steady: 'here', shaky: null }])
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_GATEWAY', serviceName: 'shaky' } }])
  expect(JSON.stringify(errors)).not.toContain('secret')
  expect(lines.filter(({ subgraph }) => subgraph === 'shaky')).toHaveLength(1)
})

const withError = (error: unknown) => JSON.stringify({ data: { shaky: null }, errors: [error] })
const refused = { message: 'no', path: ['shaky'], extensions: { code: 'NOT_FOUND' } }
const failed = { extensions: { code: 'BAD_GATEWAY', serviceName: 'shaky' } }
const internal = { message: 'internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }

test.each<[string, unknown, object]>([
  ['a text', 'secret', failed],
  ['null', null, failed],
  ['a list', [{ message: 'secret' }], failed],
  ['without a message', { path: ['shaky'] }, internal],
  ['with a message that is none', { message: { secret: 1 }, extensions: { code: 'NOT_FOUND' } }, {}],
  [
    'with extensions that are a text',
    { message: 'secret', path: ['shaky'], extensions: 'secret' },
    { ...internal, path: ['shaky'] },
  ],
  ['with extensions that are a list', { message: 'secret', extensions: [1] }, internal],
  ['with extensions that are null', { message: 'secret', extensions: null }, internal],
  ['with a code that is a number', { message: 'secret', extensions: { code: 404 } }, internal],
  ['with a code that is an object', { message: 'secret', extensions: { code: { a: 1 } } }, internal],
  ['with a code that is a sentence', { message: 'secret', extensions: { code: 'no: secret' } }, internal],
  ['with a path that is a text', { ...refused, path: 'secret' }, { message: 'no' }],
  ['with objects in its path', { ...refused, path: ['shaky', {}] }, { message: 'no' }],
  ['with a fraction in its path', { ...refused, path: ['shaky', 1.5] }, { message: 'no' }],
  ['with a path through the prototype', { ...refused, path: ['__proto__', 'shaky'] }, { message: 'no' }],
  [
    'with a status of its own',
    {
      ...refused,
      extensions: { code: 'NOT_FOUND', http: { status: 503, headers: { 'set-cookie': 'secret=1' } } },
    },
    { message: 'no', path: ['shaky'] },
  ],
  [
    'with a status that is none',
    { ...refused, extensions: { code: 'NOT_FOUND', http: { status: 'secret' } } },
    {},
  ],
  ['with another’s name', { ...refused, extensions: { code: 'NOT_FOUND', serviceName: 'secret' } }, {}],
  [
    'with seconds that are none',
    { ...refused, extensions: { code: 'NOT_FOUND', retryAfterSeconds: 'secret' } },
    {},
  ],
  ['with more than it needs', { ...refused, stack: 'secret', locations: 'secret', nodes: ['secret'] }, {}],
])('an error %s harms nothing', async (_, error, expected) => {
  const { ask } = await start({ listener: says(withError(error)) })
  const { status, data, errors, headers } = await ask('{ steady shaky }')
  expect([status, data]).toEqual([200, { steady: 'here', shaky: null }])
  expect(errors).toMatchObject([expected])
  expect(errors?.[0]?.extensions).toMatchObject({
    code: expect.stringMatching(/^[A-Z_]+$/),
    serviceName: 'shaky',
  })
  expect(JSON.stringify(errors)).not.toContain('secret')
  expect(headers.get('set-cookie')).toBe(null)
})

test('a message of a megabyte is cut short', async () => {
  const { ask } = await start({ listener: says(withError({ ...refused, message: 'm'.repeat(1_000_000) })) })
  const { errors } = await ask('{ shaky }')
  expect(errors?.[0]?.message.length).toBeLessThan(10_000)
})

test.each<[string, string]>([
  ['a text', '"secret"'],
  ['a list', '["secret"]'],
  ['nested without an end', deep('{"secret":', '}').replace(':}', ':1}')],
  ['too much', JSON.stringify({ secret: 's'.repeat(1_000_000) })],
])('extensions that are %s are left out', async (_, extensions) => {
  const { ask, lines } = await start({
    listener: says(`{"data":{"shaky":"said"},"extensions":${extensions}}`),
  })
  const told = await ask('{ steady shaky }')
  expect(told).toMatchObject({ status: 200, data: { steady: 'here', shaky: 'said' } })
  expect([told.errors, told.extensions]).toEqual([undefined, undefined])
  expect(lines.filter(({ subgraph }) => subgraph === 'shaky')).toHaveLength(1)
})

test('keys that change objects change none', async () => {
  const listener = says(
    `{"__proto__":{"polluted":1},"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},
      "thing":{"__proto__":{"id":"secret","polluted":1}},"shaky":"first","shaky":"said"},
      "extensions":{"__proto__":{"polluted":1}}}`,
  )
  const { ask } = await start({ listener })
  const { data, errors } = await ask('{ steady shaky thing { id } }')
  expect(errors).toMatchObject([{ path: ['thing', 'id'] }])
  expect(data).toEqual({ steady: 'here', shaky: 'said', thing: { id: null } })
  expect('polluted' in {}).toBe(false)
})

test('entities that are not those that were asked for are no answer', async () => {
  const rooms = {
    schema: 'type Query { rooms: [Room] } type Room @key(fields: "id") { id: ID! }',
    resolvers: { Query: { rooms: () => [{ id: 'a' }, { id: 'b' }] } },
  }
  const bodies = ['none', [], [{}], [{}, {}, {}], [{}, 'b'], [{}, ['b']], { 0: {}, 1: {}, length: 2 }, null]
  let next = 0
  const listener: RequestListener = (request, response) => {
    if (isLook(request)) return answer(response, 200, {})
    answer(response, 200, { data: { _entities: bodies[next] } })
  }
  const extra = { schema: 'type Room @key(fields: "id") { id: ID! extra: String }', listener }
  const { ask } = await startRouter(cleanup, { rooms, extra })
  for (next = 0; next < bodies.length; next += 1) {
    const { data, errors } = await ask('{ rooms { id extra } }')
    const all = ['a', 'b'].map((id) => ({ id, extra: null }))
    expect([data, errors?.[0]?.extensions], JSON.stringify(bodies[next])).toEqual([
      { rooms: all },
      { code: 'BAD_GATEWAY', serviceName: 'extra' },
    ])
  }
})

const types = `scalar Date scalar DateTime scalar Currency scalar MinorUnits scalar Anything
  enum Mood { GLAD SAD } type Inner { id: ID }
  type Values {
    int: Int float: Float text: String flag: Boolean id: ID mood: Mood ints: [Int] object: Inner objects: [Inner]
    date: Date instant: DateTime currency: Currency units: MinorUnits any: Anything
    good: String
  }
  type Query { values: Values }`

test.each<[string, string]>([
  ['int', '2147483648'],
  ['int', '-2147483649'],
  ['int', '1.5'],
  ['int', '1e30'],
  ['int', '"1"'],
  ['int', 'true'],
  ['int', '[1]'],
  ['int', '{}'],
  ['float', '"1.5"'],
  ['float', '1e999'],
  ['float', 'false'],
  ['text', '7'],
  ['text', '["secret"]'],
  ['text', '{"secret":1}'],
  ['flag', '"true"'],
  ['flag', '1'],
  ['id', '1.5'],
  ['id', '{}'],
  ['mood', '"SECRET"'],
  ['mood', '0'],
  ['mood', '"toString"'],
  ['object', '"secret"'],
  ['object', '[]'],
  ['object', '[{"id":"secret"}]'],
  ['object', 'true'],
  ['objects', '{"id":"secret"}'],
  ['objects', '"secret"'],
  ['ints', '1'],
  ['ints', '{"0":1,"length":1}'],
  ['date', '20270228'],
  ['instant', '{"secret":1}'],
  ['currency', '["EUR"]'],
  ['units', '"100"'],
  ['units', '9007199254740993'],
  ['units', '1.5'],
])('%s that is %s is null with an error, and what stands beside it is told', async (name, value) => {
  const listener = says(`{"data":{"values":{"${name}":${value},"good":"said"}}}`)
  const { ask } = await startRouter(cleanup, { steady, values: { schema: types, listener } })
  const inside = name.startsWith('object') ? '{ id }' : ''
  const { status, data, errors } = await ask(`{ steady values { ${name} ${inside} good } }`)
  expect(status).toBe(200)
  expect(data).toEqual({ steady: 'here', values: { [name]: null, good: 'said' } })
  expect(errors).toMatchObject([
    { path: ['values', name], extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' } },
  ])
  expect(JSON.stringify(errors)).not.toContain('secret')
})

test.each([
  ['lists', deep('[', ']')],
  ['objects', deep('{"secret":', '}').replace(':}', ':1}')],
])('a scalar that nobody knows is not nested without an end: %s', async (_, value) => {
  const listener = says(`{"data":{"values":{"any":${value},"good":"said"}}}`)
  const { ask } = await startRouter(cleanup, { steady, values: { schema: types, listener } })
  const { data, errors } = await ask('{ values { any good } }')
  expect(data).toEqual({ values: { any: null, good: 'said' } })
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_SUBGRAPH_RESPONSE' } }])
})

test('a wrong item of a list is that item’s error', async () => {
  const listener = says('{"data":{"values":{"ints":[1,"2",3],"objects":[{"id":"a"},7,{"id":"c"}]}}}')
  const { ask } = await startRouter(cleanup, { steady, values: { schema: types, listener } })
  const { data, errors } = await ask('{ steady values { ints objects { id } } }')
  expect(data).toEqual({
    steady: 'here',
    values: { ints: [1, null, 3], objects: [{ id: 'a' }, null, { id: 'c' }] },
  })
  expect(errors?.map(({ path }) => path)).toEqual([
    ['values', 'ints', 1],
    ['values', 'objects', 1],
  ])
})
