import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test, vi } from 'vitest'
import { createCleanup, startRouter } from '../testing.ts'
import { faultyRequests, type WireRequest } from './testing/faulty-requests.ts'
import { inn } from './testing/inn.ts'

// Whatever a client gets wrong is told as its own fault, by a code of docs/errors.md, and disturbs nobody: by the router
// and by a subgraph, the first time and when what is like it has been answered before.

vi.setConfig({ testTimeout: 120_000 })
const cleanup = createCleanup()
afterAll(() => cleanup.run())

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

test('what a client gets wrong is told as its fault, by the router and by a subgraph', async () => {
  const { url, lines, subgraphs, identities } = await startRouter(cleanup, inn(), {
    RATE_LIMIT_ADDRESS: '0',
    RATE_LIMIT_MUTATIONS: '0',
  })
  const room = subgraphs.room
  const authorization = `Bearer ${await identities.signer('router')('room', { subject: null, roles: [] })}`
  const doors: Door[] = [
    { name: 'router', url, headers: {}, lines },
    { name: 'room', url: room?.url ?? '', headers: { authorization }, lines: room?.lines ?? [] },
  ]
  for (const door of doors) {
    const wrong: unknown[] = []
    for (const wire of [...faultyRequests, ...faultyRequests]) {
      const told = await send(door, wire)
      if (!isTheirs(told)) wrong.push([wire.method, wire.path, String(wire.body).slice(0, 200), told])
    }
    expect(wrong, door.name).toEqual([])
    expect(door.lines.filter(isComplaint), door.name).toEqual([])
  }
})
