import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPool, type Pool } from '@myhotel/kit/postgres'
import { createApi, mapAtATime } from '../../tools/api/client.ts'
import { type System, startSystem } from '../../tools/system/index.ts'
import type { Contender } from '../measure/rounds.ts'

/** The whole of MyHotel, started by its launcher on a data directory of its own. */
export type Hotel = {
  system: System
  /** Everybody behind the router, for `measure/rounds.ts`. */
  contender: Contender
  /** Rooms of some hosts, registered through the API. */
  registerRooms(count: number): Promise<string[]>
  tokens(kind: 'guest' | 'host', count: number): Promise<string[]>
  sql<Row extends object>(subgraph: string, statement: string, values?: unknown[]): Promise<Row[]>
  stop(): Promise<void>
}

export type HotelOptions = {
  /** A folder for what V8's profiler sees of each of our processes, from start to end. */
  profiles?: string
  /** Whether there are rooms and bookings from the beginning. */
  demo?: boolean
  /** Another checkout of MyHotel, whose services are run. */
  root?: string
  /** What it is called in the results. */
  name?: string
  /** Added to the environment of all its services. */
  env?: Record<string, string>
}

export async function openHotel(
  tell: (line: string) => void,
  { profiles, demo = false, root, name = 'MyHotel', env }: HotelOptions = {},
): Promise<Hotel> {
  const dataDir = mkdtempSync(join(tmpdir(), 'myhotel-bench-'))
  const rewire = async (process: string, given: NodeJS.ProcessEnv) => {
    if (!profiles) return given
    const profiler = `--cpu-prof --cpu-prof-dir=${profiles} --cpu-prof-name=${process}.cpuprofile`
    return { ...given, NODE_OPTIONS: `${given.NODE_OPTIONS} ${profiler}` }
  }
  const system = await startSystem({ dataDir, demo, root, rewire, env, log: tell })
  const api = createApi({ url: system.record.router, token: (account) => system.token(account) })
  const pools = new Map<string, Pool>()
  const poolOf = (subgraph: string) => {
    const pool = pools.get(subgraph) ?? openPool(system.databaseUrl(subgraph), { max: 2 })
    pools.set(subgraph, pool)
    return pool
  }
  return {
    system,
    contender: { name, url: system.record.router, pids: pidsOf(system) },
    registerRooms: (count) => mapAtATime([...Array(count).keys()], 32, (number) => registerRoom(api, number)),
    tokens: (kind, count) =>
      mapAtATime([...Array(count).keys()], 32, (number) => system.token(`${kind}${number + 1}`)),
    sql: async (subgraph, statement, values) => (await poolOf(subgraph).query(statement, values)).rows,
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
      await api.close()
      await system.stopAll()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The processes of a system by name. */
export function pidsOf({ processes }: System): Record<string, number[]> {
  return Object.fromEntries(processes.flatMap(({ name, pid }) => (pid === null ? [] : [[name, [pid]]])))
}

async function registerRoom(api: ReturnType<typeof createApi>, number: number): Promise<string> {
  const input = {
    ...{ name: `Room ${number}`, city: 'Porto', country: 'Portugal', timeZone: 'Europe/Lisbon' },
    pricePerNight: { amount: 10_000, currency: 'EUR' },
    cleaningFee: { amount: 2_500, currency: 'EUR' },
    bookingWindowDays: 700,
  }
  const { registerRoom } = await api
    .as(`host${1 + (number % 12)}`)
    .askUntilAnswered<{ registerRoom: { room: { id: string } } }>(
      `mutation ($input: RegisterRoomInput!) { registerRoom(input: $input) {
         ... on RoomRegistered { room { id } } } }`,
      { input },
    )
  return registerRoom.room.id
}
