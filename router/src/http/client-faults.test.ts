import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createTestIdentities, createTestLog, startParts } from '@myhotel/kit/testing'
import fc from 'fast-check'
import { type GraphQLSchema, getOperationAST, getVariableValues, parse, validate } from 'graphql'
import { afterAll, expect, test, vi } from 'vitest'
import { compose } from '../compose.ts'
import { readRouterEnv } from '../env.ts'
import { createPlanner } from '../execution/planning/planner.ts'
import { readSupergraph } from '../execution/supergraph.ts'
import { startFakeSubgraphs } from '../execution/testing/fake-subgraphs.ts'
import { type Choose, type RandomOperation, randomOperation } from '../execution/testing/operations.ts'
import { composed, createCleanup, startRouter } from '../testing.ts'
import { faultyRequests, type WireRequest } from './testing/faulty-requests.ts'
import { inn } from './testing/inn.ts'
import { type Body, mistakes, mutilated } from './testing/mistakes.ts'

// Whatever a client gets wrong is told as its own fault, by a code of docs/errors.md, and disturbs nobody: by the router
// and by a subgraph, the first time and when what is like it has been answered before.

vi.setConfig({ testTimeout: 120_000 })
const cleanup = createCleanup()
afterAll(() => cleanup.run())

const hotelFile = join(import.meta.dirname, '../../supergraph.graphql')
const unlimited = {
  RATE_LIMIT_ADDRESS: '0',
  RATE_LIMIT_MUTATIONS: '0',
  MAX_COST: '1000000000',
  MAX_ALIASES: '1000',
}

const documented = new Set(
  readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8').match(
    /(?<=`)[A-Z]+(?:_[A-Z]+)*(?=`)/g,
  ),
)
const ours = [
  'INTERNAL_SERVER_ERROR',
  'BAD_GATEWAY',
  'GATEWAY_TIMEOUT',
  'SERVICE_UNAVAILABLE',
  'INVALID_SUBGRAPH_RESPONSE',
]

type Told = { status: number; codes: (string | undefined)[] }

type Headers = Readonly<Record<string, string>>
type Door = { name: string; url: string; headers: Headers; lines: readonly Record<string, unknown>[] }

function send({ url, headers }: Door, { body, ...wire }: WireRequest): Promise<Told> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sending = request(
      { hostname, port, ...wire, headers: { ...wire.headers, ...headers } },
      async (response) => {
        const answer = JSON.parse(await text(response)) as { errors?: { extensions?: { code?: string } }[] }
        const codes = (answer.errors ?? []).map(({ extensions }) => extensions?.code)
        resolve({ status: response.statusCode ?? 0, codes })
      },
    )
    sending.on('error', reject)
    sending.end(body)
  })
}

const isTheirs = ({ status, codes }: Told) =>
  (status === 200 || (status >= 400 && status < 500)) &&
  codes.length > 0 &&
  codes.every((code) => code !== undefined && documented.has(code) && !ours.includes(code))

const isComplaint = ({ level }: Record<string, unknown>) => Number(level) >= 50

/** What is wrong with an answer to what is the client's fault. */
async function wrongWith(door: Door, wire: WireRequest): Promise<unknown[]> {
  const told = await send(door, wire)
  return isTheirs(told) ? [] : [[wire.method, wire.path, String(wire.body).slice(0, 1_000), told]]
}

const post = (body: Body): WireRequest => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** The inn’s router and one of its subgraphs. */
async function openInn(): Promise<Door[]> {
  const { url, lines, subgraphs, identities } = await startRouter(cleanup, inn(), unlimited)
  const authorization = `Bearer ${await identities.signer('router')('room', { subject: null, roles: [] })}`
  const room = subgraphs.room ?? { url: '', lines: [] }
  return [
    { name: 'router', url, headers: {}, lines },
    { name: 'room', ...room, headers: { authorization } },
  ]
}

/** A router over the hotel's supergraph, whose subgraphs make up their data. */
async function openHotel(sdl: string): Promise<Door> {
  const { url: made } = await startFakeSubgraphs(cleanup, sdl)
  const identities = await createTestIdentities('router')
  const names = readSupergraph(hotelFile).subgraphs
  const env = readRouterEnv({
    PORT: '0',
    SUPERGRAPH_FILE: hotelFile,
    IDENTITY_PRIVATE_KEY: identities.privateKey('router'),
    TOKEN_ISSUER: 'http://127.0.0.1:9',
    ...Object.fromEntries(names.map(({ name }) => [`${name.toUpperCase()}_URL`, `${made}/${name}`])),
    ...unlimited,
  })
  const { log, lines } = createTestLog()
  const { url, stop } = await startParts(await compose(env, log), lines)
  cleanup.add(stop)
  return { name: 'hotel', url, headers: { 'x-correlation-id': '7.well' }, lines }
}

test('what a client gets wrong is told as its fault, by the router and by a subgraph', async () => {
  for (const door of await openInn()) {
    const wrong: unknown[] = []
    for (const wire of [...faultyRequests, ...faultyRequests]) wrong.push(...(await wrongWith(door, wire)))
    expect(wrong, door.name).toEqual([])
    expect(door.lines.filter(isComplaint), door.name).toEqual([])
  }
})

function isRight({ query, variables }: RandomOperation, schema: GraphQLSchema): boolean {
  const document = parse(query)
  const operation = getOperationAST(document)
  if (!operation || validate(schema, document).length > 0) return false
  return !getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors
}

test('any operation is told as the fault of who sends it once a mistake is made in it', async () => {
  const { sdl } = readSupergraph(hotelFile)
  const ofRoom = createPlanner(composed({ room: inn().room })).apiSchema
  const doors: [Door, GraphQLSchema][] = (await openInn()).map((door) => [door, ofRoom])
  doors.push([await openHotel(sdl), createPlanner(sdl).apiSchema])
  const made: Record<string, number> = {}

  for (const [door, schema] of doors) {
    const choices = fc.gen().map(
      (g): Choose =>
        (max) =>
          g(fc.nat, max),
    )
    const property = fc.asyncProperty(choices, async (choose) => {
      const operation = randomOperation(schema, choose)
      fc.pre(isRight(operation, schema))
      // Known to the shortcut from then on.
      for (const _ of [1, 2]) expect(await send(door, post(operation))).toEqual({ status: 200, codes: [] })
      for (const [name, mistake] of Object.entries(mistakes)) {
        const body = mistake(operation, schema, choose)
        if (!body) continue
        made[name] = (made[name] ?? 0) + 1
        expect(await wrongWith(door, post(body)), `${door.name}: ${name}`).toEqual([])
      }
      const { status, codes } = await send(door, post(mutilated(operation, choose)))
      expect(status).toBeLessThan(500)
      expect(codes.filter((code) => !isTheirs({ status, codes: [code] }))).toEqual([])
    })
    await fc.assert(property, { seed: 7, numRuns: 40, endOnFailure: true })
    expect(door.lines.filter(isComplaint), door.name).toEqual([])
  }
  expect(Object.keys(made).sort()).toEqual(Object.keys(mistakes).sort())
})
