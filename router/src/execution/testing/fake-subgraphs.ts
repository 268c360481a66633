import type { RequestListener } from 'node:http'
import { Supergraph } from '@apollo/federation-internals'
import { answer } from '@myhotel/kit/http'
import { createTestLog } from '@myhotel/kit/testing'
import type { Exchange } from '../../exchange.ts'
import { bodyOf, type Cleanup, listen } from '../../testing.ts'
import { createReadYourWrites } from '../read-your-writes.ts'
import { createSubgraph, type Subgraph } from '../subgraph.ts'
import { createFakeSubgraph, type Manner } from './fake-subgraph.ts'
import { hash } from './hash.ts'

/** How the subgraphs answer one request: the same each time that they are asked. */
export type Mood = { readonly seed: number; readonly manner: Manner }

/**
 * All subgraphs of a supergraph, served by HTTP, and how the router fetches from them. The mood goes along as the
 * correlation id.
 */
export async function startFakeSubgraphs(cleanup: Cleanup, sdl: string) {
  const fakes = new Map(
    [...Supergraph.build(sdl).subgraphs()].map(({ name, schema }) => [
      name,
      createFakeSubgraph(name, schema.toGraphQLJSSchema()),
    ]),
  )
  const listener: RequestListener = async (request, response) => {
    const [, name = ''] = request.url?.split('/') ?? []
    const [seed = 0, manner = 'well'] = String(request.headers['x-correlation-id']).split('.')
    const body = await bodyOf(request).catch(() => null)
    // Whoever asked has given up meanwhile.
    if (!body) return void response.destroy()
    const { query, variables } = body
    const asked = { name, query, seed: Number(seed), manner: manner as Manner }
    const fault = asked.manner === 'well' ? undefined : faultOf(asked)
    if (fault === 'cut') return void response.destroy()
    const good = fakes.get(name)?.answer(query, variables, asked.seed, asked.manner) ?? {}
    const [status, told] = fault ? fault(good) : [200, good]
    if (hash('extensions', seed, name) % 10 === 0) Object.assign(told, { extensions: { [name]: seed } })
    answer(response, status, told)
  }
  const { url, server } = await listen(cleanup, listener)
  // On a busy machine a connection may be used again just when the server gives it up.
  server.keepAliveTimeout = 600_000
  const { log } = createTestLog()
  const sources = new Map<string, Subgraph>()
  for (const name of fakes.keys()) {
    const source = createSubgraph({
      name,
      rank: 'core',
      urls: [`${url}/${name}`],
      sign: async () => 'token',
      timeoutMs: 20_000,
      contributionTimeoutMs: 20_000,
      log,
    })
    cleanup.add(() => source.stop?.())
    sources.set(name, source)
  }
  const begin = createReadYourWrites()
  return {
    /** Where each of these subgraphs answers, behind its name. */
    url,
    sourceOf(name: string): Subgraph {
      const source = sources.get(name)
      if (!source) throw new Error(`there is no subgraph ${name}`)
      return source
    },
    exchange: ({ seed, manner }: Mood): Exchange => ({
      user: { subject: null, roles: [] },
      client: 'address:127.0.0.1',
      quotas: [],
      correlation: { correlationId: `${seed}.${manner}`, traceparent: '' },
      writes: begin(null, undefined),
      signal: new AbortController().signal,
      extensions: {},
    }),
  }
}

type Asked = { name: string; query: string; seed: number; manner: Manner }
type Fault = 'cut' | ((good: { data?: unknown }) => [status: number, body: object])

/** What may become of a whole answer. */
const faults: Fault[] = [
  'cut',
  () => [503, {}],
  () => [401, {}],
  () => [400, { errors: [{ message: 'not this', extensions: { code: 'BAD_USER_INPUT' } }] }],
  () => [200, { data: null, errors: [{ message: '' }] }],
  () => [200, { data: null }],
  () => [200, []],
  (good) => [
    200,
    { ...good, errors: [{ message: 'and more', path: ['_entities'] }, { message: 'pathless' }] },
  ],
  () => [200, { data: { _entities: [] } }],
  () => [200, { data: { _entities: 'none' } }],
]

function faultOf({ name, query, seed, manner }: Asked): Fault | undefined {
  const chance = hash('fault', name, query, seed)
  return chance % (manner === 'lies' ? 12 : 25) === 0 ? faults[hash(chance) % faults.length] : undefined
}
