import '../execution/testing/no-telemetry.ts'
import { join } from 'node:path'
import { ApolloGateway } from '@apollo/gateway'
import { answer } from '@myhotel/kit/http'
import { createTestLog } from '@myhotel/kit/testing'
import { getOperationAST, getVariableValues, parse, validate } from 'graphql'
import { afterEach, expect, test } from 'vitest'
import { readSupergraph } from '../execution/supergraph.ts'
import { hotel } from '../fixture.ts'
import { bodyOf, createCleanup, deadUrl, listen, startRouter } from '../testing.ts'
import { examples } from './playground-examples.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

/** `Bearer <token of guest1>` and so on, as a development issuer would give them. */
const startTokens = async () =>
  (
    await listen(cleanup, async (request, response) => {
      const { account } = (await bodyOf(request)) as unknown as { account: string }
      answer(response, 200, { access_token: `token-of-${account}</script>` })
    })
  ).url

async function openPage(env: NodeJS.ProcessEnv) {
  const { url } = await startRouter(cleanup, hotel(), env)
  const response = await fetch(url, { headers: { accept: 'text/html' } })
  return { url, response, html: await response.text() }
}

test('the page brings examples, each with a token of the account it needs', async () => {
  const { response, html } = await openPage({ PLAYGROUND_TOKEN_URL: await startTokens() })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/html')
  for (const account of ['guest1', 'host1', 'agent1']) expect(html).toContain(`Bearer token-of-${account}`)
  for (const name of ['SearchRooms', 'BookRoom', 'MyPage', 'CancelBooking', 'RegisterRoom'])
    expect(html).toContain(name)
  expect(html, 'nothing from outside ends a script').not.toContain('token-of-guest1</script>')
})

test('nothing is loaded from elsewhere, and the browser is told to see to it', async () => {
  const { url, response, html } = await openPage({})
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'self'")
  expect(`${policy} ${html}`).not.toMatch(/https?:\/\/|["'(]\/\/\w/)

  const loaded = [...html.matchAll(/(?:src|href|from) ?=? ?"(\/[^"]+)"/g)].map(([, path]) => path)
  expect(loaded).toEqual(expect.arrayContaining(['/playground/ruru.js', '/playground/ruru.css']))
  for (const path of [...loaded, '/playground/graphqlWorker.js']) {
    const asset = await fetch(url + path)
    expect([path, asset.status]).toEqual([path, 200])
    expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(100)
    const etag = asset.headers.get('etag') ?? ''
    const again = await fetch(url + path, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  }
})

test('a development issuer that is away costs the tokens, not the page', async () => {
  const { response, html } = await openPage({ PLAYGROUND_TOKEN_URL: await deadUrl() })
  expect(response.status).toBe(200)
  expect(html).not.toContain('Bearer')
})

test('where there is no playground there is nothing', async () => {
  const { url, response } = await openPage({ PLAYGROUND: 'false' })
  expect(response.status).toBe(404)
  expect((await fetch(`${url}/playground/ruru.js`)).status).toBe(404)
})

test.each([
  '/playground/',
  '/playground/../package.json',
  '/playground/%2e%2e/x',
  '/playground/__proto__',
  '/playground/nope.js',
])('there is no asset %s', async (path) => {
  const { url } = await startRouter(cleanup, hotel())
  expect((await fetch(url + path)).status).toBe(404)
})

test('the examples are operations of this hotel', async () => {
  const { log } = createTestLog()
  const supergraphSdl = readSupergraph(join(import.meta.dirname, '../../supergraph.graphql')).sdl
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: () => ({ process: async () => ({}) }),
    logger: log,
  })
  const { schema } = await gateway.load()
  cleanup.add(() => gateway.stop())
  for (const { query, variables } of examples(new Date(), 'key')) {
    expect(validate(schema, parse(query))).toEqual([])
    const definitions = getOperationAST(parse(query))?.variableDefinitions ?? []
    expect(getVariableValues(schema, definitions, variables).errors).toBe(undefined)
  }
})
