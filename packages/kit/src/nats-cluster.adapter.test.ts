import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type NatsConnection } from 'nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bus, createBus, type Envelope } from './bus.ts'
import { streamOf } from './jetstream.ts'
import { natsOptions } from './nats-options.ts'
import type { Part } from './service.ts'
import { freePorts, type TestServers, testProgram, testServers } from './testing/programs.ts'
import { createTestLog, eventually } from './testing.ts'

const health = { check: async () => ({ ready: true, parts: {} }) }
const running: Part[] = []
const processes = new Map<string, ChildProcess>()
let servers: TestServers
let url = ''
let nats: NatsConnection

/** A cluster of three, whose client `myhotel` has a password. */
beforeAll(async () => {
  servers = await testServers()
  const ports = await freePorts(6)
  const routes = ports.slice(3).map((port) => `nats-route://127.0.0.1:${port}`)
  for (const [index, port] of ports.slice(0, 3).entries()) {
    const name = `n${index}`
    const lines = [
      `server_name: ${name}`,
      `listen: "127.0.0.1:${port}"`,
      `jetstream { store_dir: "${join(servers.folder, name)}" }`,
      `cluster { name: "tests", listen: "127.0.0.1:${ports[index + 3]}", routes: [${routes.join()}] }`,
      'authorization { user: "myhotel", password: "p@ss" }',
    ]
    const config = join(servers.folder, `${name}.conf`)
    await writeFile(config, lines.join('\n'))
    processes.set(name, servers.start(testProgram('NATS_SERVER'), ['-c', config]))
  }
  url = ports
    .slice(0, 3)
    .map((port) => `nats://myhotel:p%40ss@127.0.0.1:${port}`)
    .join()
  nats = await connect({ ...natsOptions(url), waitOnFirstConnect: true })
  await eventually(async () => (await (await nats.jetstreamManager()).getAccountInfo()).limits)
})
afterAll(async () => {
  for (const part of running) await part.stop?.()
  await nats?.close()
  await servers.stop()
})

async function newBus(replicas?: number, at = url) {
  const { log, lines } = createTestLog()
  const bus = createBus({ url: at, replicas, name: 'cluster test', log })
  running.push(bus)
  await bus.start?.(health)
  return { bus, lines }
}

const event = (context: string, version: number): Envelope => ({
  ...{ id: `${context}.a:${version}`, context, aggregateId: 'a', version, type: 'Counted', schemaVersion: 1 },
  ...{ time: new Date().toISOString(), correlationId: 'test', traceparent: '', data: { version } },
})

/** As the relay does: again until it is stored. */
const published = (bus: Bus, context: string, version: number) =>
  eventually(() => bus.publish(event(context, version)).then(() => true))

async function streamInfo(context: string) {
  return (await nats.jetstreamManager()).streams.info(streamOf(context))
}
const copiesOf = async (context: string) => (await streamInfo(context)).config.num_replicas
/** Servers that have all of it. */
async function currentOf(context: string) {
  const { cluster } = await streamInfo(context)
  return (cluster?.leader ? 1 : 0) + (cluster?.replicas ?? []).filter(({ current }) => current).length
}

function consume(bus: Bus, context: string): Set<number> {
  const seen = new Set<number>()
  const part = bus.consume({
    ...{ context, durable: 'reader', concurrency: 10 },
    handle: async ({ envelope }) => {
      seen.add(envelope?.version ?? 0)
      return 'done'
    },
  })
  running.unshift(part)
  void part.start?.(health)
  return seen
}

test('a stream and its consumers that are there get as many copies as wanted, up and down', async () => {
  const first = await newBus(1)
  await published(first.bus, 'grows', 1)
  const seen = consume(first.bus, 'grows')
  await eventually(() => seen.has(1))
  expect(await copiesOf('grows')).toBe(1)

  const more = await newBus(3)
  await published(more.bus, 'grows', 2)
  await eventually(async () => (await copiesOf('grows')) === 3)
  const { consumers } = await nats.jetstreamManager()
  await eventually(async () => {
    const { cluster } = await consumers.info('GROWS', 'reader')
    return cluster?.replicas?.length === 2
  })
  // Another service that wants as many and only reads; NATS 2.9 loses the consumer where it comes while the stream grows.
  consume((await newBus(3)).bus, 'grows')
  await eventually(() => seen.has(2))

  const silent = await newBus()
  await published(silent.bus, 'grows', 3)
  expect(await copiesOf('grows'), 'who is told no number changes none').toBe(3)

  await published((await newBus(1)).bus, 'grows', 4)
  expect(await copiesOf('grows')).toBe(1)
})

test('the leader of a stream is killed: nothing is lost, and publishing goes on', async () => {
  const { bus } = await newBus(3)
  const reader = await newBus(3)
  const most = 300
  await published(bus, 'safe', 1)
  const seen = consume(reader.bus, 'safe')
  await eventually(async () => (await currentOf('safe')) === 3)
  for (let version = 2; version <= most; version += 1) {
    if (version === most / 2) {
      const { cluster } = await streamInfo('safe')
      const leader = processes.get(cluster?.leader ?? '')
      if (!leader) throw new Error('the stream has no leader')
      await servers.end(leader)
    }
    await published(bus, 'safe', version)
  }
  await eventually(() => seen.size === most)
  const stored: number[] = []
  await bus.replay('safe', ({ envelope }) => void stored.push(envelope?.version ?? 0))
  expect(stored).toEqual(Array.from({ length: most }, (_, index) => index + 1))
})

test('one server alone keeps one copy: what is there is used, and it is said', async () => {
  const [port = 0] = await freePorts(1)
  const alone = servers.start(testProgram('NATS_SERVER'), [
    ...['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(servers.folder, 'alone')],
  ])
  const { bus, lines } = await newBus(3, `nats://127.0.0.1:${port}`)
  await published(bus, 'alone', 1)
  expect(lines.map(({ msg }) => msg)).toContainEqual(
    expect.stringMatching(/keeps 1 and not 3 copies .*NATS_REPLICAS.*non-clustered/),
  )
  // The same where the stream is there.
  const again = await newBus(3, `nats://127.0.0.1:${port}`)
  const seen = consume(again.bus, 'alone')
  await eventually(() => seen.has(1))
  expect(again.lines.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/keeps 1 and not 3 copies/))
  expect(alone.exitCode).toBeNull()
  alone.kill()
  await once(alone, 'exit')
})
