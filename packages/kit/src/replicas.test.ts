import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Lookup } from './addresses.ts'
import { blameForConnection, createBreaker, NotAsked } from './breaker.ts'
import { fetchText } from './fetch-text.ts'
import { NeverSent } from './never-sent.ts'
import { createReplicas } from './replicas.ts'
import { startDnsServer } from './testing/dns-server.ts'
import { eventually } from './testing.ts'
import { freePort } from './testing-subgraph.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A replica at this address; answers with it unless told. */
async function listen(address: string, port: number, listener?: RequestListener) {
  const state = { requests: 0, connections: 0, open: 0, drains: false }
  const server = createServer((request, response) => {
    state.requests += 1
    if (state.drains) response.setHeader('connection', 'close')
    if (listener) listener(request, response)
    else response.end(address)
  })
  server.on('connection', (socket) => {
    state.connections += 1
    state.open += 1
    socket.once('close', () => {
      state.open -= 1
    })
  })
  await new Promise<void>((resolve) => server.listen(port, address, resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  opened.push(close)
  return { state, close }
}

/** Calls to the replicas at the URLs `at`, by names that a DNS server of the test resolves to `addresses`. */
async function start(at: string, addresses: readonly string[], maxAgeMs = 60_000, lookup?: Lookup) {
  const dns = await startDnsServer(addresses)
  const changes: (readonly string[])[] = []
  const replicas = createReplicas<'call'>({
    urls: at.split(','),
    kinds: ['call'],
    breakerFor: () =>
      createBreaker({
        ...{ callee: 'room', calls: 'call' },
        blameFor: blameForConnection,
        isFailure: (answer) => answer === 'sick',
        isThere: async () => false,
        onOpen() {},
        onClosed() {},
      }),
    connections: 16,
    connectTimeoutMs: 1_000,
    maxAgeMs,
    lookup: lookup ?? dns.lookup,
    onChange: (names) => changes.push(names),
  })
  opened.push(dns.close, () => replicas.close())
  const ask = (options?: { insist: boolean }) =>
    replicas.ask(
      'call',
      async ({ pool, base }) => {
        const path = `${base}/graphql`
        const { bytes } = await fetchText(pool, { method: 'POST', path, headers: {}, body: '{}' }, 60_000)
        return bytes.toString()
      },
      options,
    )
  return { dns, ask, changes }
}

describe('a name with several addresses', () => {
  test('has replicas that all get their share, also one that is added', async () => {
    const port = await freePort()
    await listen('127.0.0.1', port)
    const { dns, ask } = await start(`http://rooms.test:${port}`, ['127.0.0.1'])
    expect(await ask()).toBe('127.0.0.1')
    await listen('127.0.0.2', port)
    await listen('127.0.0.3', port)
    dns.state.addresses = ['127.0.0.3', '127.0.0.1', '127.0.0.2']
    await eventually(async () => (await ask()) === '127.0.0.3')
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask()))
    for (const address of ['127.0.0.1', '127.0.0.2', '127.0.0.3'])
      expect(answers.filter((answer) => answer === address)).toHaveLength(10)
  })

  test('loses a replica without a failed call: first the process, then the address', async () => {
    const port = await freePort()
    await listen('127.0.0.1', port)
    const gone = await listen('127.0.0.2', port)
    const { dns, ask, changes } = await start(`http://rooms.test:${port}`, ['127.0.0.1', '127.0.0.2'])
    await Promise.all(Array.from({ length: 8 }, () => ask()))
    expect(gone.state.requests).toBe(4)
    gone.state.drains = true
    await eventually(async () => {
      await ask()
      return gone.state.open === 0
    })
    await gone.close()
    for (let call = 0; call < 20; call += 1) expect(await ask()).toBe('127.0.0.1')
    dns.state.addresses = ['127.0.0.1']
    await eventually(() => changes.at(-1)?.length === 1)
    for (let call = 0; call < 20; call += 1) expect(await ask()).toBe('127.0.0.1')
  })

  test('that has none any more is not called; again as soon as it has', async () => {
    const port = await freePort()
    await listen('127.0.0.1', port)
    const { dns, ask } = await start(`http://rooms.test:${port}`, [])
    await expect(ask()).rejects.toThrow(NotAsked)
    dns.state.addresses = ['127.0.0.1']
    await eventually(ask)
    dns.state.addresses = []
    await eventually(async () => (await ask().catch((error: unknown) => error)) instanceof NotAsked)
  })

  test('that has none is called by its other name, until it has', async () => {
    const port = await freePort()
    const stable = await listen('127.0.0.1', port)
    await listen('127.0.0.2', port)
    const { dns, ask } = await start(`http://rooms.test:${port}|http://127.0.0.1:${port}`, [])
    expect(await ask()).toBe('127.0.0.1')
    dns.state.addresses = ['127.0.0.2']
    await eventually(async () => (await ask()) === '127.0.0.2')
    const { requests } = stable.state
    for (let call = 0; call < 20; call += 1) expect(await ask()).toBe('127.0.0.2')
    expect(stable.state.requests).toBe(requests)
    dns.state.addresses = []
    await eventually(async () => (await ask()) === '127.0.0.1')
  })

  test('is never called by its other name before it was looked up', async () => {
    const port = await freePort()
    const stable = await listen('127.0.0.1', port)
    await listen('127.0.0.2', port)
    const { ask } = await start(`http://rooms.test:${port}|http://127.0.0.1:${port}`, ['127.0.0.2'])
    for (let call = 0; call < 20; call += 1) expect(await ask()).toBe('127.0.0.2')
    expect(stable.state.requests).toBe(0)
  })

  test('keeps its addresses while DNS does not answer', async () => {
    const port = await freePort()
    await listen('127.0.0.1', port)
    const { dns, ask } = await start(`http://rooms.test:${port}`, ['127.0.0.1'])
    expect(await ask()).toBe('127.0.0.1')
    dns.state.answers = false
    const { asked } = dns.state
    await eventually(() => dns.state.asked >= asked + 2)
    expect(await ask()).toBe('127.0.0.1')
  })
})

test('a busy replica gets fewer calls than an idle one', async () => {
  const port = await freePort()
  const held: (() => void)[] = []
  const slow = await listen('127.0.0.1', port, (_, response) => void held.push(() => response.end('slow')))
  await listen('127.0.0.2', port)
  const { ask } = await start(`http://rooms.test:${port}`, ['127.0.0.1', '127.0.0.2'])
  const waiting = Promise.all([ask(), ask()])
  await eventually(() => held.length === 1)
  for (let call = 0; call < 20; call += 1) expect(await ask()).toBe('127.0.0.2')
  expect(slow.state.requests).toBe(1)
  held[0]?.()
  expect((await waiting).sort()).toEqual(['127.0.0.2', 'slow'])
})

test('a replica with an open breaker is passed over; if all have one, only insistent calls are made', async () => {
  const port = await freePort()
  const sick = await listen('127.0.0.1', port, (_, response) => response.end('sick'))
  const well = await listen('127.0.0.2', port)
  const { ask } = await start(`http://127.0.0.1:${port}, http://127.0.0.2:${port}`, [])
  await eventually(async () => {
    await ask()
    return sick.state.requests === 3
  })
  for (let call = 0; call < 20; call += 1) expect(await ask()).toBe('127.0.0.2')
  expect(sick.state.requests).toBe(3)
  await well.close()
  await eventually(async () => (await ask().catch((error: unknown) => error)) instanceof NotAsked)
  await expect(ask()).rejects.toThrow(NotAsked)
  expect(sick.state.requests).toBe(3)
  expect(await ask({ insist: true })).toBe('sick')
})

test('a connection that fails before anything was sent is no reason to fail, whatever the fault', async () => {
  const port = await freePort()
  await listen('127.0.0.1', port)
  // Plain HTTP at a port that speaks no TLS: the handshake fails.
  const noTls = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await eventually(() => noTls.listening)
  opened.push(() => new Promise((resolve) => noTls.close(resolve)))
  const address = noTls.address()
  if (!address || typeof address === 'string') throw new Error('no address')
  const refusing = `http://127.0.0.1:${await freePort()}`
  const { ask } = await start(`https://127.0.0.1:${address.port},${refusing},http://127.0.0.1:${port}`, [])
  for (let call = 0; call < 12; call += 1) expect(await ask()).toBe('127.0.0.1')
  const alone = await start(`${refusing},https://127.0.0.1:${address.port}`, [])
  await expect(alone.ask()).rejects.toThrow(NeverSent)
})

test('what was sent is not sent to another replica', async () => {
  const port = await freePort()
  const cutting: RequestListener = (request) => request.socket.destroy()
  const all = [await listen('127.0.0.1', port, cutting), await listen('127.0.0.2', port, cutting)]
  const { ask } = await start(`http://rooms.test:${port}`, ['127.0.0.1', '127.0.0.2'])
  const failure = await ask().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'UND_ERR_SOCKET' })
  expect(all.map(({ state }) => state.requests).sort()).toEqual([0, 1])
})

test('connections are replaced when they are old', async () => {
  const port = await freePort()
  const { state } = await listen('127.0.0.1', port)
  const young = await start(`http://127.0.0.1:${port}`, [])
  for (let call = 0; call < 20; call += 1) await young.ask()
  // A second one may be opened while the first has not yet become idle.
  expect(state.connections).toBeLessThanOrEqual(2)
  const { ask } = await start(`http://127.0.0.1:${port}`, [], 1)
  await eventually(async () => {
    await ask()
    return state.connections >= 7
  })
})

test('the host that is asked for is the name', async () => {
  const port = await freePort()
  await listen('127.0.0.1', port, ({ headers }, response) => response.end(headers.host))
  const { ask } = await start(`http://rooms.test:${port}/below/`, ['127.0.0.1'])
  expect(await ask()).toBe(`rooms.test:${port}`)
})

test('localhost is one replica, reached by the family that answers', async () => {
  const port = await freePort()
  await listen('127.0.0.1', port)
  const { ask, changes } = await start(`http://localhost:${port}`, [], 60_000, async () => [
    '::1',
    '127.0.0.1',
  ])
  expect(await ask()).toBe('127.0.0.1')
  expect(changes).toHaveLength(1)
  expect(changes[0]).toHaveLength(1)
})
