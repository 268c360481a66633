import { once } from 'node:events'
import { Agent, get, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { startProcess, type TestProcess } from './testing/process.ts'
import { eventually } from './testing.ts'

// The smallest service, as a process of its own, is told to stop while clients use it.
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function start(env: Record<string, string> = {}): Promise<TestProcess> {
  const service = await startProcess('packages/kit/src/testing/small-service.ts', env)
  ends.push(() => service.stop('SIGKILL'))
  await eventually(async () => (await fetch(`${service.managementUrl}/readyz`)).ok)
  return service
}

/** One client with one connection that it keeps as long as it may. */
function client() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  ends.push(() => agent.destroy())
  return async (url: string) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { agent }, resolve).once('error', reject)
    })
    const { statusCode: status, headers, socket } = response
    const { localPort: port } = socket
    await text(response)
    return { status, connection: headers.connection, port }
  }
}

const isGone = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  )

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: not ready at once, served on until the drain is over, each time for the last time on a connection',
  async (signal) => {
    const service = await start({ DRAIN_MS: '3000' })
    const ask = client()
    const before = await ask(service.url)
    expect((await ask(service.url)).port, 'the connection is kept').toBe(before.port)
    expect(before.connection).toBe('keep-alive')

    const ended = service.stop(signal)
    const unready = await eventually(async () => {
      const response = await fetch(`${service.managementUrl}/readyz`)
      return response.ok ? null : response
    })
    expect([unready.status, await unready.json()]).toMatchObject([503, { status: 'stopping' }])
    expect((await fetch(`${service.managementUrl}/livez`)).status).toBe(200)
    const draining = await ask(service.url)
    expect(draining).toMatchObject({ status: 200, connection: 'close', port: before.port })
    const other = await ask(service.url)
    expect(other).toMatchObject({ status: 200, connection: 'close' })
    expect(other.port, 'a connection of its own').not.toBe(before.port)
    expect(await ended).toBe(0)
  },
)

test('clients without think time see no failure while a replica goes and they are led to another one', async () => {
  const [going, staying] = await Promise.all([start({ DRAIN_MS: '5000' }), start()])
  const isReady = async () => (await fetch(`${going.managementUrl}/readyz`)).ok
  let url = going.url
  let done = false
  const statuses = new Set<number | undefined>()
  let answered = 0
  async function work() {
    const ask = client()
    while (!done) {
      statuses.add((await ask(url)).status)
      answered += 1
    }
  }
  const clients = Promise.all(Array.from({ length: 20 }, work))
  await eventually(() => answered > 500)
  const ended = going.stop()
  await eventually(async () => !(await isReady()))
  const before = answered
  await eventually(() => answered > before + 200)
  url = staying.url
  expect(await ended).toBe(0)
  done = true
  await clients
  expect(statuses).toEqual(new Set([200]))
})

/** A request of which the last byte has not come: it is under way until `finish` sends it. */
async function unfinished({ url }: TestProcess) {
  const sent = request(url, {
    method: 'POST',
    agent: new Agent({ keepAlive: true }),
    headers: { 'content-length': 2 },
  })
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  answered.catch(() => undefined)
  sent.write('1')
  return {
    async finish() {
      sent.end('2')
      const [{ statusCode, headers }] = await answered
      return { status: statusCode, connection: headers.connection }
    },
    answered,
  }
}

const isUnderWay = ({ managementUrl }: TestProcess, count: number) =>
  eventually(async () =>
    (await (await fetch(`${managementUrl}/metrics`)).text()).includes(
      `http_server_active_requests ${count}\n`,
    ),
  )

test('requests under way are finished when no connection is accepted any more; then it ends', async () => {
  const service = await start()
  const requests = await Promise.all([1, 2, 3].map(() => unfinished(service)))
  await isUnderWay(service, 3)
  const ended = service.stop()
  await eventually(() => isGone(service.url))
  expect((await fetch(`${service.managementUrl}/livez`)).status).toBe(200)
  for (const each of requests) expect(await each.finish()).toEqual({ status: 200, connection: 'close' })
  expect(await ended).toBe(0)
})

test('a second signal ends it at once', async () => {
  const service = await start()
  const { answered } = await unfinished(service)
  await isUnderWay(service, 1)
  const ended = service.stop()
  await eventually(() => isGone(service.url))
  void service.stop()
  expect(await ended).toBe(1)
  await expect(answered).rejects.toThrow()
})

test('who is connected and asks nothing is let go when the drain is over', async () => {
  const service = await start({ DRAIN_MS: '100' })
  const ask = client()
  await ask(service.url)
  const mute = connect(Number(new URL(service.url).port), '127.0.0.1').resume()
  await once(mute, 'connect')
  const gone = once(mute, 'close')
  // Requests have 25 s: it is not those that are waited for.
  const begun = performance.now()
  expect(await service.stop()).toBe(0)
  expect(performance.now() - begun).toBeLessThan(20_000)
  await gone
})

test('a connection that is old is the client’s last one to that server, and one that is not stays', async () => {
  const service = await start({ CONNECTION_MAX_AGE_MS: '200' })
  const ask = client()
  const first = await ask(service.url)
  expect(first.connection).toBe('keep-alive')
  const last = await eventually(async () => {
    const answered = await ask(service.url)
    expect(answered).toMatchObject({ status: 200, port: first.port })
    return answered.connection === 'close' ? answered : null
  })
  expect(last.port).toBe(first.port)
  expect(await ask(service.url)).toMatchObject({ status: 200, connection: 'keep-alive' })

  const keeping = await start()
  const { port } = await ask(keeping.url)
  expect(await ask(keeping.url)).toEqual({ status: 200, connection: 'keep-alive', port })
})

test.each([
  ['0.0.0.0', 'http://127.0.0.1', 'http://0.0.0.0'],
  ['::', 'http://[::1]', 'http://[::]'],
  ['::1', 'http://[::1]', 'http://[::1]'],
])('both ports listen on %s', async (host, reached, told) => {
  const service = await start({ HOST: host })
  for (const [url, path] of [
    [service.url, '/'],
    [service.managementUrl, '/readyz'],
  ] as const) {
    expect(url).toMatch(new RegExp(`^${RegExp.escape(told)}:`))
    const there = `${reached}:${new URL(url).port}${path}`
    expect((await eventually(() => fetch(there).then((answer) => (answer.ok ? answer : null)))).ok).toBe(true)
  }
})
