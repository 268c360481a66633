import { getIntrospectionQuery } from 'graphql'
import { describe, expect, it } from 'vitest'
import { target } from './target.ts'
import { staysUnharmed } from './unharmed.ts'

// What the public tool graphql-cop looks for, each of its checks, tried as it does or harder.

type Options = { method?: string; body?: string; headers?: Record<string, string>; search?: string }

async function ask({
  method = 'POST',
  body,
  headers = { 'content-type': 'application/json' },
  search = '',
}: Options) {
  const response = await fetch(`${target.router}${search}`, { method, body, headers })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text }
}
const post = (query: string) => ask({ body: JSON.stringify({ query }) })

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ')

/** Refused before it is executed: nothing of it is in the answer, and no time ran out over it. */
async function isRefused(answer: Awaited<ReturnType<typeof ask>>) {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
  const { data, errors } = JSON.parse(answer.text)
  expect(data).toBeUndefined()
  expect(errors[0].extensions.code).toEqual(expect.any(String))
}

describe('denial of service', () => {
  it.each([101, 1_000, 10_000])('alias overloading: %d', async (count) => {
    await isRefused(await post(`{ ${times(count, (n) => `alias${n}: __typename`)} }`))
    await isRefused(await post(`{ ${times(count, (n) => `alias${n}: popularRooms(first: 1) { id }`)} }`))
  })

  it.each([2, 10, 1_000])('batches: %d queries in one request', async (count) => {
    await isRefused(
      await ask({ body: `[${Array.from({ length: count }, () => '{"query":"{ __typename }"}').join()}]` }),
    )
  })

  it.each([50, 500, 5_000])('directive overloading: %d', async (count) => {
    await isRefused(await post(`{ __typename ${'@skip(if: false)'.repeat(count)} }`))
    await isRefused(await post(`{ __typename ${'@aa'.repeat(count)} }`))
  })

  it.each([500, 5_000])('field duplication: %d', async (count) => {
    await isRefused(await post(`{ ${times(count, () => '__typename')} }`))
    await isRefused(await post(`{ popularRooms { ${times(count, () => 'id')} } }`))
  })

  it('circular fragments', async () => {
    await isRefused(await post('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'))
    await isRefused(
      await post(`{ ...f0 } ${times(300, (n) => `fragment f${n} on Query { ...f${(n + 1) % 300} }`)}`),
    )
  })

  it('fragments that double with each level cost no more than what they say once', async () => {
    const levels = times(25, (n) => `fragment f${n} on Room { ...f${n + 1} ...f${n + 1} }`)
    const answer = await post(`{ popularRooms { ...f0 } } ${levels} fragment f25 on Room { id name }`)
    expect(answer.status).toBeLessThan(500)
  })

  it('circular introspection', async () => {
    const types = 'fields { type { '.repeat(6)
    await isRefused(await post(`{ __schema { types { ${types} name ${'} } '.repeat(6)} } } }`))
    await isRefused(await post(getIntrospectionQuery()))
  })

  it('depth, and lists of lists', async () => {
    const rooms = 'host { rooms(first: 100) { edges { node { '
    const end = '} } } } '
    await isRefused(
      await post(`{ searchRooms { edges { node { ${rooms.repeat(10)} id ${end.repeat(10)} } } } }`),
    )
    await isRefused(await post(`{ popularRooms(first: 100) { ${rooms.repeat(2)} id ${end.repeat(2)} } }`))
  })
})

describe('what is given away', () => {
  it('introspection is off', async () => {
    for (const query of [
      '{ __schema { types { name } } }',
      '{ __type(name: "Room") { name } }',
      '{ a: __schema { queryType { name } } }',
    ])
      await isRefused(await post(query))
  })

  it('no field or type is suggested', async () => {
    for (const query of [
      '{ serchRooms { edges { cursor } } }',
      '{ room(idd: "x") { id } }',
      '{ popularRooms { naem } }',
      '{ ... on Qery { __typename } }',
      'query ($f: RoomFiltr) { __typename }',
    ]) {
      const answer = await post(query)
      await isRefused(answer)
      expect(answer.text).not.toMatch(/did you mean|searchRooms|RoomFilter/i)
    }
  })

  it('there is no playground', async () => {
    for (const path of [
      '/',
      '/graphql',
      '/graphiql',
      '/playground',
      '/console',
      '/graphql/console',
      '/altair',
      '/voyager',
    ]) {
      const response = await fetch(new URL(path, target.router), { headers: { accept: 'text/html' } })
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(await response.text()).not.toMatch(/graphiql|playground|ruru|<html/i)
    }
  })

  it('no trace comes along', async () => {
    const headers = {
      'content-type': 'application/json',
      'apollo-federation-include-trace': 'ftv1',
      'x-apollo-tracing': '1',
    }
    const { status, text } = await ask({ body: '{"query":"{ popularRooms(first: 1) { id } }"}', headers })
    expect(status).toBe(200)
    expect(text).not.toMatch(/tracing|ftv1|extensions/)
    const plan = {
      'content-type': 'application/json',
      'apollo-query-plan-experimental': '1',
      'apollo-expose-query-plan': 'true',
    }
    expect(
      (await ask({ body: '{"query":"{ popularRooms(first: 1) { id } }"}', headers: plan })).text,
    ).not.toContain('QueryPlan')
  })

  it('no error is an unhandled one, and none shows code', async () => {
    for (const body of [
      '{"query":"qwerty { abc }"}',
      '{"query":"{ abc }"}',
      '{"query":"query { popularRooms(first: \\"x\\") { id } }"}',
      '{"query":""}',
      '{"quer":"{}"}',
      '{"query":"{ room(id: {a: 1}) { id } }"}',
      'qwerty',
    ]) {
      const answer = await ask({ body })
      await isRefused(answer)
      expect(answer.text).not.toMatch(/stacktrace|exception|node_modules|[.]ts:|[.]js:/i)
    }
  })
})

describe('forgery from another site', () => {
  const query = '{ popularRooms(first: 1) { id } }'
  const mutation = 'mutation { deleteRoom(roomId: "x") { __typename } }'
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  it('a query by GET needs a header that a link cannot send', async () => {
    await isRefused(await ask({ method: 'GET', headers: {}, search: `?query=${encodeURIComponent(query)}` }))
  })

  it('a mutation by GET is refused, whatever comes along', async () => {
    const search = `?query=${encodeURIComponent(mutation)}`
    const preflighted: Record<string, string>[] = [
      {},
      { 'apollo-require-preflight': '1' },
      { 'content-type': 'application/json' },
    ]
    for (const headers of preflighted) await isRefused(await ask({ method: 'GET', headers, search }))
  })

  it('a form, as a browser sends it without asking, is refused', async () => {
    for (const text of [query, mutation])
      await isRefused(await ask({ headers: form, body: `query=${encodeURIComponent(text)}` }))
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'text/plain; a=application/json'])
      await isRefused(
        await ask({ headers: { 'content-type': type }, body: JSON.stringify({ query: mutation }) }),
      )
  })

  it('no other origin is allowed to read an answer', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost',
      'https://myhotel.example.evil.example',
    ]) {
      const { headers } = await ask({
        body: JSON.stringify({ query }),
        headers: { 'content-type': 'application/json', origin },
      })
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  it('an answer is shown in no frame, sniffed by no browser and kept by no cache', async () => {
    const { headers } = await post(query)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('server')).toBeNull()
  })
})

staysUnharmed()
