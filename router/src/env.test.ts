import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readRouterEnv } from './env.ts'

let folder: string
let given: NodeJS.ProcessEnv
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-env-'))
  given = {
    IDENTITY_PRIVATE_KEY: '{}',
    TOKEN_ISSUER: 'https://issuer.example',
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
  }
  await writeFile(
    join(folder, 'supergraph.graphql'),
    `enum join__Graph {
      ROOM @join__graph(name: "room", url: "http://ignored")
      SERVICE_CENTER @join__graph(name: "service-center", url: "")
    }`,
  )
})
afterAll(() => rm(folder, { recursive: true }))

/** What is printed before the process would end. */
function complaintsAbout(env: NodeJS.ProcessEnv): string {
  const ended = new Error('the process ends')
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw ended
  })
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    expect(() => readRouterEnv({ ...given, ...env })).toThrow(ended)
    return stderr.mock.calls.join('\n')
  } finally {
    exit.mockRestore()
    stderr.mockRestore()
  }
}

test('which subgraphs there are is known from the supergraph, where they are from the environment', () => {
  const { subgraphs } = readRouterEnv({
    ...given,
    SERVICE_CENTER_URL: 'http://10.0.0.1:4000, http://10.0.0.2:4000/behind',
  })
  expect(subgraphs).toEqual([
    { name: 'room', rank: 'general', urls: ['http://room:4000'] },
    {
      name: 'service-center',
      rank: 'general',
      urls: ['http://10.0.0.1:4000', 'http://10.0.0.2:4000/behind'],
    },
  ])
})

test('in development the schema and a playground are open, in production neither', () => {
  expect(readRouterEnv(given)).toMatchObject({ INTROSPECTION: true, PLAYGROUND: true, CORS_ORIGINS: [] })
  const production = { ...given, NODE_ENV: 'production' }
  expect(readRouterEnv(production)).toMatchObject({ INTROSPECTION: false, PLAYGROUND: false })
  const asked = { ...production, INTROSPECTION: 'true', PLAYGROUND: 'on' }
  expect(readRouterEnv(asked)).toMatchObject({ INTROSPECTION: true, PLAYGROUND: true })
})

test('what proxies say is believed of so many, or of those that are named', () => {
  expect(readRouterEnv(given).TRUST_PROXY).toEqual([])
  expect(readRouterEnv({ ...given, TRUST_PROXY: '2' }).TRUST_PROXY).toBe(2)
  expect(readRouterEnv({ ...given, TRUST_PROXY: '10.0.0.0/8, fd00::/8' }).TRUST_PROXY).toEqual([
    '10.0.0.0/8',
    'fd00::/8',
  ])
})

test.each<[string, NodeJS.ProcessEnv]>([
  ['CORS_ORIGINS', { NODE_ENV: 'production', CORS_ORIGINS: 'https://a.example,*' }],
  [
    'PLAYGROUND_TOKEN_URL',
    { NODE_ENV: 'production', PLAYGROUND_TOKEN_URL: 'https://issuer.example/dev/token' },
  ],
  ['TOKEN_ISSUER', { TOKEN_ISSUER: 'issuer.example' }],
  ['TOKEN_ISSUER', { NODE_ENV: 'production', TOKEN_ISSUER: 'http://issuer.example' }],
  ['TOKEN_AUDIENCE', { TOKEN_AUDIENCE: ' , ' }],
  ['TOKEN_AUDIENCE_CLAIM', { TOKEN_AUDIENCE_CLAIM: '' }],
  ['IDENTITY_PRIVATE_KEY', { IDENTITY_PRIVATE_KEY: undefined }],
  ['REQUEST_TIMEOUT_MS', { REQUEST_TIMEOUT_MS: '0' }],
  ['TRUST_PROXY', { TRUST_PROXY: '10.0.0.0/99' }],
  ['TRUST_TRACEPARENT', { TRUST_TRACEPARENT: 'true' }],
  ['TRACE_SAMPLE_RATIO', { TRACE_SAMPLE_RATIO: '2' }],
  ['CONNECTION_MAX_AGE_MS', { CONNECTION_MAX_AGE_MS: '0' }],
  ['RATE_LIMIT_USER', { RATE_LIMIT_USER: '-1' }],
  ['MAX_COST', { MAX_COST: 'much' }],
  ['DOCUMENTS_FILE', { DOCUMENTS: 'persisted' }],
  ['DOCUMENTS_FILE', { DOCUMENTS: 'persisted', DOCUMENTS_FILE: '/nowhere' }],
  [
    'DOCUMENTS_FILE',
    { DOCUMENTS: 'persisted', DOCUMENTS_FILE: join(import.meta.dirname, '../package.json') },
  ],
  ['ROOM_URL', { ROOM_URL: 'room:4000' }],
  ['ROOM_URL', { ROOM_URL: ' , ' }],
])('%s that will not do ends the process with a sentence', (name, env) => {
  expect(complaintsAbout(env)).toContain(`  ${name}`)
})
