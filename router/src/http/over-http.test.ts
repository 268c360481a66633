import { auditServer } from 'graphql-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hotel } from '../fixture.ts'
import { createCleanup, startRouter } from '../testing.ts'

const cleanup = createCleanup()
let url: string
beforeAll(async () => {
  url = `${(await startRouter(cleanup, hotel())).url}/graphql`
})
afterAll(() => cleanup.run())

/** What CSRF prevention costs: queries by GET without a header that a page of another origin could not send. */
const bareGet = ['5A70', 'D6D5', '6A70']

test('the public audit of GraphQL over HTTP passes, but for bare GET, which is a MAY', async () => {
  const results = await auditServer({ url, fetchFn: fetch })
  expect(results).toHaveLength(61)
  const failed = results.filter(({ status }) => status !== 'ok')
  expect(failed.map(({ id, name }) => `${id} ${name}`)).toEqual(
    bareGet.map((id) => expect.stringMatching(`^${id} MAY `)),
  )
})

test('with a header that makes browsers ask first, all of it passes', async () => {
  const preflighted: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...(init?.headers as object), 'apollo-require-preflight': '1' } })
  const results = await auditServer({ url, fetchFn: preflighted })
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([])
})

test('a mutation is not executed for who does not accept the answer', async () => {
  let noted = 0
  const { url: door } = await startRouter(cleanup, {
    room: {
      schema: 'type Query { a: Int } type Mutation { note: Int }',
      resolvers: { Mutation: { note: () => ++noted } },
    },
  })
  const ask = async (accept: string) => {
    const headers = { 'content-type': 'application/json', accept }
    const body = JSON.stringify({ query: 'mutation { note }' })
    return (await fetch(`${door}/graphql`, { method: 'POST', headers, body })).status
  }
  for (const accept of ['text/html', 'application/json;q=0', 'multipart/mixed'])
    expect(await ask(accept)).toBe(406)
  expect(noted).toBe(0)
  for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.1'])
    expect(await ask(accept)).toBe(200)
  expect(noted).toBe(3)
})
