import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { alternate, summary } from '../measure/rounds.ts'
import type { BenchOptions } from '../options.ts'
import { createReport, type Scenario } from '../report.ts'
import { bookingRounds } from './booking-rounds.ts'
import { type Hotel, openHotel } from './hotel.ts'
import { bookingsOfManyRooms } from './requests.ts'

const connections = 64
const guests = 500
const rooms = 300
const days = 330

/** The share of requests that is recorded; null where there is no collector. */
const shares = { off: null, '0 %': 0, '10 %': 0.1, '100 %': 1 } as const

const popularRooms = `query Popular { popularRooms(first: 10) { id name popularity } }`

/**
 * What traces cost: the same load on four hotels in turn, which differ in nothing else. Spans go to a collector that drops
 * them, whose use of the processor is not counted.
 */
export async function telemetry(options: BenchOptions): Promise<void> {
  const { tell } = options
  const store = createReport('telemetry', options.results)
  const collector = await openCollector()
  const hotels: Hotel[] = []
  try {
    for (const [name, share] of Object.entries(shares)) {
      const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TRACE_SAMPLE_RATIO: String(share) }
      hotels.push(await openHotel(tell, { name, env: share === null ? {} : traced }))
    }
    const load = { ...options, connections }
    const requestsOf = async (of: Hotel) =>
      bookingsOfManyRooms(await of.registerRooms(rooms), days, await of.tokens('guest', guests))
    const bookings = await bookingRounds(hotels, requestsOf, { ...load, expect: '"RoomBooked"' })
    const notes = [...bookings.notes, `${collector.taken()} to the collector`]
    store('bookings', { title: 'Traces: bookings', ...against(bookings, 'off'), notes })
    store('reads', { title: 'Traces: popularRooms', ...against(await reads(hotels, load), 'off') })
  } finally {
    for (const hotel of hotels) await hotel.stop()
    collector.close()
  }
}

async function reads(
  hotels: readonly Hotel[],
  options: BenchOptions & { connections: number },
): Promise<Omit<Scenario, 'title'>> {
  const { tool, seconds, rounds, tell } = options
  const contenders = hotels.map(({ contender }) => contender)
  const requests = { documents: [popularRooms], tokens: [], requests: [{ document: 0 }] }
  const measured = await alternate(contenders, () => requests, {
    ...{ tool, seconds, rounds, tell, connections: options.connections },
    warmUpSeconds: seconds,
    expect: '"popularRooms":[',
  })
  return {
    notes: [`${tool}, ${options.connections} connections, ${rounds} rounds of ${seconds} s, medians`],
    columns: ['', 'answers/s', 'p50 ms', 'p95 ms', 'p99 ms', 'errors', 'CPU s / 1,000'],
    rows: contenders.map(({ name }) => {
      const of = summary(measured.get(name) ?? [])
      const cpu = Object.values(of.cpuSecondsPer1000).reduce((total, each) => total + each, 0)
      return [name, of.perSecond, of.p50, of.p95, of.p99, String(of.errors), cpu]
    }),
    details: Object.fromEntries(measured),
  }
}

/** A scenario with two columns more: answers and processor time as against the row of that name. */
function against<Of extends Omit<Scenario, 'title'>>(scenario: Of, name: string): Of {
  const { columns, rows } = scenario
  const base = rows.find(([first]) => first === name)
  const [answers, cpu] = [columns.indexOf('answers/s'), columns.indexOf('CPU s / 1,000')]
  const ratio = (row: (typeof rows)[number], column: number) =>
    `${((100 * Number(row[column])) / Number(base?.[column])).toFixed(1)} %`
  return {
    ...scenario,
    columns: [...columns, `answers, ${name} = 100 %`, `CPU, ${name} = 100 %`],
    rows: rows.map((row) => [...row, ratio(row, answers), ratio(row, cpu)]),
  }
}

/** Takes what it is sent, and forgets it. */
async function openCollector() {
  let requests = 0
  let bytes = 0
  const server = createServer((request, response) => {
    requests += 1
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => `${requests} requests with ${(bytes / 1e6).toFixed(1)} MB`,
    close: () => server.close().closeAllConnections(),
  }
}
