import { connect, createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { startProcess, type TestProcess } from './testing/process.ts'
import { eventually } from './testing.ts'

// The smallest service, as a process of its own.
const running: TestProcess[] = []
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop('SIGKILL')
})

async function start(env: Record<string, string> = {}) {
  const service = await startProcess('packages/kit/src/testing/small-service.ts', env)
  running.push(service)
  const get = async (url: string) => {
    const response = await fetch(url)
    return { code: response.status, text: await response.text() }
  }
  const how = async (path: '/livez' | '/readyz') => {
    const { code, text } = await get(service.managementUrl + path)
    return { code, ...(JSON.parse(text) as { parts?: Record<string, string>; loops?: string[] }) }
  }
  return {
    ...service,
    how,
    ask: (path: string) => get(service.url + path),
    metrics: async () => (await get(`${service.managementUrl}/metrics`)).text,
    isReady: () => eventually(async () => (await how('/readyz')).code === 200),
    storeIsSeen: (state: string) => eventually(async () => (await how('/readyz')).parts?.store === state),
  }
}

test('how a service is is told on its management port, and nowhere else', async () => {
  const { how, isReady, ask } = await start()
  await isReady()
  expect(await how('/livez')).toEqual({ code: 200, status: 'ok' })
  expect(await how('/readyz')).toMatchObject({ code: 200, parts: { store: 'ok', worker: 'ok', http: 'ok' } })
  for (const path of ['/livez', '/readyz', '/metrics'])
    expect([path, (await ask(path)).code]).toEqual([path, 404])
})

test('it is ready once it has been able to do its work, and stays so while what all replicas share is away', async () => {
  const { how, isReady, storeIsSeen, ask } = await start({ STORE: 'away' })
  for (let time = 0; time < 3; time += 1) {
    expect(await how('/readyz')).toMatchObject({ code: 503, parts: { store: 'the store is away' } })
  }
  await ask('/store/back')
  await isReady()
  for (const [state, told] of [
    ['away', 'the store is away'],
    ['silent', 'says nothing'],
  ] as const) {
    await ask(`/store/${state}`)
    await storeIsSeen(told)
    expect((await how('/readyz')).code).toBe(200)
    expect((await how('/livez')).code).toBe(200)
  }
})

test('who asks whether it is ready does not wait for what says nothing', async () => {
  const { how, isReady, storeIsSeen, ask } = await start()
  await isReady()
  await ask('/store/silent')
  await storeIsSeen('says nothing')
  // Each look waits two seconds in vain; a hundred answers would take minutes if they waited, too.
  const begun = performance.now()
  for (let time = 0; time < 100; time += 1) expect((await how('/readyz')).code).toBe(200)
  expect(performance.now() - begun).toBeLessThan(60_000)
})

test('a worker that does not come round makes it neither live nor ready, and is named', async () => {
  const { how, isReady, ask } = await start()
  await isReady()
  await ask('/wedge')
  await eventually(async () => (await how('/livez')).code === 503)
  expect(await how('/livez')).toMatchObject({ loops: ['worker'] })
  expect((await how('/readyz')).code).toBe(503)
})

test('a worker that does not come round while something is away is not wedged; it is when that is back', async () => {
  const { how, isReady, storeIsSeen, ask } = await start()
  await isReady()
  await ask('/store/away')
  await storeIsSeen('the store is away')
  await ask('/wedge')
  // Longer than a round may take.
  const until = performance.now() + 7_000
  await eventually(async () => {
    expect((await how('/livez')).code).toBe(200)
    return performance.now() > until
  })
  await ask('/store/back')
  await eventually(async () => (await how('/livez')).code === 503)
})

test('figures are told as Prometheus reads them', async () => {
  const { url, metrics, ask } = await start()
  await ask('/')
  await ask('/livez')
  const told = await metrics()
  const value = (series: string) =>
    Number(
      told
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1],
    )
  expect(value('http_server_requests_total{http_response_status_code="200"}')).toBe(1)
  expect(value('http_server_requests_total{http_response_status_code="404"}')).toBe(1)
  expect(value('http_server_active_requests')).toBe(0)
  expect(value('process_cpu_time_total{cpu_mode="user"}')).toBeGreaterThan(0)
  expect(value('process_memory_usage')).toBeGreaterThan(1e7)
  expect(value('v8js_memory_heap_used')).toBeGreaterThan(1e6)
  expect(value('nodejs_eventloop_utilization')).toBeGreaterThan(0)
  expect(told).toContain('nodejs_eventloop_delay{quantile="p99"}')
  const { port } = new URL(url)
  const unfinished = connect(Number(port), '127.0.0.1').on('error', () => undefined)
  unfinished.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n')
  await eventually(async () => (await metrics()).includes('\nhttp_server_active_requests 1\n'))
  unfinished.destroy()
})

test('a management port that is taken is said to be', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  if (!address || typeof address === 'string') throw new Error('it listens on a port')
  await expect(start({ MANAGEMENT_PORT: String(address.port) })).rejects.toThrow(
    `the management port ${address.port} is taken by another program: set MANAGEMENT_PORT`,
  )
  other.close()
})
