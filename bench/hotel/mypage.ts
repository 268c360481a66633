import { createSigner } from '@myhotel/kit/identity'
import { readIdentities } from '../../tools/system/identities.ts'
import type { Requests } from '../measure/load-types.ts'
import { alternate, type Contender, summary } from '../measure/rounds.ts'
import type { BenchOptions } from '../options.ts'
import { createReport } from '../report.ts'
import { type Hotel, openHotel } from './hotel.ts'
import { bookingsOfManyRooms } from './requests.ts'
import { sendAll } from './send.ts'

const connections = 50
const guests = 200
const bookingsOfEach = 10

const myPage = `
  query MyPage {
    myPage { asOf guest { unreadNotifications bookings(first: 10) { edges { node {
      bookingId roomId roomName city startDate endDate guests status total { amount currency } paymentStatus bookedAt
    } } } } }
  }`

/** My Page through the router against its subgraph asked directly: what the router costs. */
export async function mypage(options: BenchOptions): Promise<void> {
  const { tell } = options
  const store = createReport('mypage', options.results)
  const hotel = await openHotel(tell)
  try {
    const rooms = await hotel.registerRooms(guests)
    const tokens = await hotel.tokens('guest', guests)
    tell(`${guests} guests book ${bookingsOfEach} times each`)
    await sendAll(hotel.system.record.router, bookingsOfManyRooms(rooms, bookingsOfEach, tokens), {
      expect: '"RoomBooked"',
    })

    const contenders = contendersOf(hotel)
    const rounds = await alternate(contenders, (contender) => requestsOf(hotel, contender, tokens), {
      tool: options.tool,
      connections,
      seconds: options.seconds,
      rounds: options.rounds,
      warmUpSeconds: options.seconds,
      expect: '"roomName":"Room ',
      tell,
    })
    const rows = contenders.map(({ name }) => {
      const of = summary(rounds.get(name) ?? [])
      return [
        name,
        of.perSecond,
        of.p50,
        of.p95,
        of.p99,
        String(of.errors),
        ...cpuColumns(of.cpuSecondsPer1000),
      ]
    })
    const share = Number(rows[0]?.[1]) / Number(rows[1]?.[1])
    store('mypage', {
      title: 'My Page: through the router, and its subgraph asked directly',
      notes: [
        `${guests} guests who each have ${bookingsOfEach} bookings on their page, taking turns`,
        `${options.tool}, ${connections} connections, ${options.rounds} rounds of ${options.seconds} s each in turn, medians`,
        `through the router ${share.toFixed(2)} of what the subgraph does by itself`,
      ],
      columns: [
        '',
        'pages/s',
        'p50 ms',
        'p95 ms',
        'p99 ms',
        'errors',
        'CPU s / 1,000: router',
        'mypage',
        'redis',
      ],
      rows,
      details: { rounds: Object.fromEntries(rounds) },
    })
  } finally {
    await hotel.stop()
  }
}

const cpuColumns = (cpu: Record<string, number>) => [cpu.router ?? 0, cpu.mypage ?? 0, cpu.redis ?? 0]

const throughRouter = 'through the router'

function contendersOf({ system, contender }: Hotel): Contender[] {
  const { router = [], mypage = [], redis = [] } = contender.pids
  const pids = { router, mypage, redis }
  return [
    { name: throughRouter, url: system.record.router, pids },
    { name: 'the subgraph directly', url: `${system.url('mypage')}/graphql`, pids },
  ]
}

/** Guests in turn. The subgraph believes only the router's own tokens, which live for two minutes. */
async function requestsOf(
  { system }: Hotel,
  { name }: Contender,
  tokens: readonly string[],
): Promise<Requests> {
  const requests = tokens.map((_, token) => ({ token }))
  if (name === throughRouter) return { documents: [myPage], tokens, requests }
  const { router } = await readIdentities(system.record.dataDir, [])
  const sign = await createSigner(JSON.stringify(router?.privateKey))
  const signed = tokens.map((_, number) =>
    sign('mypage', { subject: `guest${number + 1}`, roles: ['guest'] }),
  )
  return { documents: [myPage], tokens: await Promise.all(signed), requests }
}
