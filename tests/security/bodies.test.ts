import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { eventually } from '@myhotel/kit/testing'
import { describe, expect, it } from 'vitest'
import { client, recordOfTarget, target, tokenOf } from './target.ts'
import { memory, staysUnharmed, writesNothing } from './unharmed.ts'

const query = '{ popularRooms(first: 1) { id } }'
const good = JSON.stringify({ query })
const mebibyte = 1024 * 1024

type Answer = { status: number; code: string | undefined }

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  url = target.router,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(10_000),
  })
  const answer = (await response.json()) as { errors?: { extensions?: { code?: string } }[] }
  return { status: response.status, code: answer.errors?.[0]?.extensions?.code }
}

/** Sends bytes as they are, and gives all that comes back until the other side has had enough. */
async function raw(send: (socket: Socket) => void): Promise<string> {
  const { hostname, port } = new URL(target.router)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  send(socket)
  return text(socket).catch(() => '')
}

const head = (more: string) =>
  `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more}\r\n`
const isRefused = ({ status }: Answer) => status >= 400 && status < 500

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const variables = (json: string, type = 'ID!') =>
  `{"query":"query($v: ${type}){ room(id: $v) { id } }","variables":{"v":${json}}}`

/** Bodies that are no good request, by what is wrong with them. */
const broken: Record<string, { body: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> }> = {
  'a mebibyte of query': { body: JSON.stringify({ query: `{ ${'a '.repeat(mebibyte / 2)} }` }) },
  'a mebibyte of variable': { body: variables(JSON.stringify('x'.repeat(mebibyte))) },
  'sixteen mebibytes': { body: 'x'.repeat(16 * mebibyte) },
  'a bomb: ten mebibytes of spaces, compressed': {
    body: new Uint8Array(gzipSync(good + ' '.repeat(10 * mebibyte))),
    headers: { 'content-encoding': 'gzip' },
  },
  'compressed by what nobody knows': { body: good, headers: { 'content-encoding': 'x-unknown' } },
  'no UTF-8': { body: new Uint8Array(Buffer.from(good.replace('first', '\xc3\x28'), 'latin1')) },
  'UTF-16': { body: new Uint8Array(Buffer.from(good, 'utf16le')) },
  'a charset of its own': { body: good, headers: { 'content-type': 'application/json; charset=utf-7' } },
  'plain text': { body: good, headers: { 'content-type': 'text/plain' } },
  'a form': { body: `query=${query}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  'a form with files': { body: good, headers: { 'content-type': 'multipart/form-data; boundary=x' } },
  XML: {
    body: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    headers: { 'content-type': 'text/xml' },
  },
  nothing: { body: '' },
  'half of it': { body: good.slice(0, -5) },
  'more than it': { body: `${good}${good}` },
  null: { body: 'null' },
  'a number': { body: '1' },
  'a list': { body: `[${good},${good}]` },
  'a query that is no string': { body: '{"query":{"toString":"x"}}' },
  'variables that are no object': { body: JSON.stringify({ query, variables: 'x' }) },
  'an operation name that is no string': { body: JSON.stringify({ query, operationName: {} }) },
  'extensions that are no object': { body: JSON.stringify({ query, extensions: [] }) },
  'a query in a prototype': { body: `{"__proto__":{"query":"${query}"}}` },
  'a hundred thousand brackets': { body: nested(100_000) },
  'a hundred thousand brackets, not closed': { body: '['.repeat(100_000) },
  'a query of ten thousand braces': { body: JSON.stringify({ query: '{a'.repeat(10_000) }) },
  'a value of ten thousand brackets': {
    body: JSON.stringify({
      query: `{ searchRooms(filter: {amenities: ${nested(10_000)}}) { edges { cursor } } }`,
    }),
  },
  'a fragment that spreads itself': {
    body: JSON.stringify({ query: '{ ...a } fragment a on Query { ...a }' }),
  },
}

/** Variables that do not fit: GraphQL answers them, with 200 or 400. */
const unfit: Record<string, string> = {
  'an id of fifty thousand brackets': variables(nested(50_000)),
  'a date of fifty thousand brackets': `{"query":"query($v: Date!){ popularRooms { freeDates(from: $v, to: $v) { startDate } } }","variables":{"v":${nested(50_000)}}}`,
  'an input object with a prototype': `{"query":"query($v: RoomFilter){ searchRooms(filter: $v) { edges { cursor } } }","variables":{"v":{"__proto__":{"text":"x"}}}}`,
  'an input object with a constructor': `{"query":"query($v: RoomFilter){ searchRooms(filter: $v) { edges { cursor } } }","variables":{"v":{"constructor":{"prototype":{"text":"x"}}}}}`,
  'a number beyond all': variables('1e999'),
}

describe('a body that is no good request is refused, and nothing is done', () => {
  it.each(Object.entries(broken))('%s', async (_, { body, headers }) => {
    // Whoever sends megabytes may find the connection closed before it has read why.
    const isLong = body.length > mebibyte
    const answer = await post(body, headers).catch((error: unknown) => {
      if (!isLong) throw error
      return { status: 413, code: 'closed' }
    })
    expect(answer).toSatisfy(isRefused)
    expect(answer.code).toEqual(expect.any(String))
  })

  it.each(Object.entries(unfit))('%s', async (_, body) => {
    const { status, code } = await post(body)
    expect([200, 400]).toContain(status)
    expect(code).toBe('BAD_USER_INPUT')
  })

  it('as a mutation, it writes nothing', async () => {
    const authorization = `Bearer ${await tokenOf('host1')}`
    const mutation = (name: string) =>
      `{"query":"mutation($i: RegisterRoomInput!){ registerRoom(input: $i) { __typename } }","variables":{"i":{"name":${name},"city":"x","country":"Portugal","pricePerNight":{"amount":1,"currency":"EUR"}}}}`
    await writesNothing(async () => {
      const bodies = [
        mutation(nested(50_000)),
        mutation('{"__proto__":"x"}'),
        mutation(JSON.stringify('x'.repeat(mebibyte))),
      ]
      for (const body of bodies)
        expect((await post(body, { authorization })).code).toEqual(expect.any(String))
    })
  })

  it('a variable that is not asked for, of whatever kind, is not looked at', async () => {
    for (const more of [
      '{"__proto__":{"a":1}}',
      `{"v":${nested(50_000)}}`,
      '{"constructor":{"prototype":{}}}',
    ]) {
      expect(await post(`{"query":"${query}","variables":${more}}`)).toEqual({ status: 200, code: undefined })
    }
    const polluted = ({} as Record<string, unknown>).a
    expect(polluted).toBeUndefined()
  })
})

describe('a connection that is not HTTP as it should be', () => {
  it.each([
    ['a header of 20 KiB', `${head(`x-long: ${'x'.repeat(20_000)}\r\n`)}`, /^HTTP\/1\.1 431 /],
    [
      'three thousand headers',
      head(Array.from({ length: 3_000 }, (_, n) => `x-${n}: 1\r\n`).join('')),
      /^HTTP\/1\.1 431 /,
    ],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /^HTTP\/1\.1 400 /],
    ['two lengths', head('content-length: 5\r\ncontent-length: 6\r\n'), /^HTTP\/1\.1 400 /],
    ['a length and pieces', head('content-length: 5\r\ntransfer-encoding: chunked\r\n'), /^HTTP\/1\.1 400 /],
    ['a piece without a size', `${head('transfer-encoding: chunked\r\n')}zz\r\n`, /^HTTP\/1\.1 400 /],
    ['a line feed in a header', head('x-a: b\nset-cookie: c\r\n'), /^HTTP\/1\.1 400 /],
    ['no host', 'GET /graphql HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
  ])('is closed: %s', async (_, bytes, answer) => {
    expect(await raw((socket) => socket.write(Buffer.from(bytes, 'latin1')))).toMatch(answer)
  })

  it('a good request is answered, and garbage after it is not taken for another', async () => {
    const first = `${head(`content-length: ${good.length}\r\n`)}${good}`
    const answers = await raw((socket) => socket.write(`${first}GARBAGE /graphql nothing\r\n\r\n`))
    // Where the garbage is read before the first answer is written, it ends the connection without one.
    expect(['HTTP/1.1 400', 'HTTP/1.1 200 HTTP/1.1 400']).toContain(
      answers.match(/HTTP\/1\.1 \d+/g)?.join(' '),
    )
  })

  it('what is left of a body that is too long is not taken for a request', async () => {
    const smuggled = `${head(`content-length: ${good.length}\r\n`)}${good}`
    const body = `${'x'.repeat(2 * mebibyte)}${smuggled}`
    const answers = await raw((socket) =>
      socket.write(`${head(`content-length: ${body.length}\r\n`)}${body}`),
    )
    expect(answers.match(/HTTP\/1\.1 \d+/g) ?? ['HTTP/1.1 413']).toEqual(['HTTP/1.1 413'])
  })

  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD', 'TRACE'])('%s is no way to ask', async (method) => {
    const answer = await raw((socket) =>
      socket.write(`${method} /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  it.each([
    '/',
    '/graphql/../../etc/passwd',
    '/graphql%00',
    '//graphql',
    '/graphql?query=%E0%A4%A',
    '/.env',
    '/metrics',
  ])('GET %s gives nothing away', async (path) => {
    const answer = await raw((socket) =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer).not.toMatch(/node_modules|at .*\.ts:/)
  })

  it('whoever sends headers or a body drop by drop is not waited for', async () => {
    const beginnings = ['POST /graphql HTTP/1.1\r\nhost: x\r\nx-', `${head('content-length: 1000\r\n')}{`]
    const slow = beginnings.flatMap((beginning) => Array.from({ length: 20 }, () => beginning))
    const closed = slow.map((beginning) =>
      raw((socket) => {
        socket.write(beginning)
        const drops = setInterval(() => socket.write('a'), 500)
        socket.once('close', () => clearInterval(drops))
      }),
    )
    expect((await client.send('guest1', query)).status, 'others are served meanwhile').toBe(200)
    for (const answer of await Promise.all(closed)) expect(answer).toMatch(/^HTTP\/1\.1 408 |^$/)
  })
})

it('memory comes back after many that are large', async () => {
  const settled = memory()
  const bodies = [
    'a mebibyte of query',
    'sixteen mebibytes',
    'a hundred thousand brackets',
    'a query of ten thousand braces',
  ]
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(
      bodies.flatMap((name) => [0, 1, 2, 3].map(() => post(broken[name]?.body ?? '').catch(() => undefined))),
    )
  }
  const slackBytes = 150 * mebibyte
  await eventually(
    () => Object.entries(memory()).every(([name, bytes]) => bytes - (settled[name] ?? 0) < slackBytes),
    { everyMs: 500 },
  )
})

it('subgraphs refuse the same bodies, before they ask who sends them', async () => {
  for (const { kind, url } of recordOfTarget().processes.filter((each) => each.kind === 'subgraph')) {
    expect(kind).toBe('subgraph')
    for (const name of ['sixteen mebibytes', 'half of it', 'a hundred thousand brackets']) {
      const answer = await post(broken[name]?.body ?? '', {}, `${url}/graphql`).catch(() => ({
        status: 413,
        code: 'cut off',
      }))
      expect(answer).toSatisfy(isRefused)
    }
  }
})

staysUnharmed()
