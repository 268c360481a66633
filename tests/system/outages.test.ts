import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '@myhotel/kit/testing'
import { Kind, parse } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TcpProxy } from '../../tools/faults/proxy.ts'
import { ROOT } from '../../tools/system/client.ts'
import { type Hotel, openHotel } from './hotel.ts'
import { operations, type Scene, type Subjects, setScene } from './outages/operations.ts'
import { databasePart, detours, type Part, processPart, type Way } from './outages/parts.ts'
import { pushEnvironment } from './outages/push.ts'
import { readTable, signOf, signs } from './outages/table.ts'

// The table of docs/reliability.md is what is promised: each part of a running system is away in turn, by saying nothing
// and by not being there, and every operation of the API is tried meanwhile.
const subgraphs = ['room', 'book', 'payment', 'notification', 'marketing', 'mypage', 'servicecenter']
const databases = subgraphs.filter((name) => name !== 'mypage')
const proxies = new Map<string, TcpProxy>()
const parts: Record<string, Part> = {
  ...Object.fromEntries(subgraphs.map((name) => [name, processPart(name)])),
  NATS: processPart('nats'),
  Redis: processPart('redis'),
  ...Object.fromEntries(databases.map((name) => [`DB ${name}`, databasePart(proxies, name)])),
}
const ways: readonly Way[] = ['silent', 'gone']
const outages = Object.keys(parts).flatMap((part) => ways.map((way) => [part, way] as const))
const table = readTable()

let hotel: Hotel
let scene: Scene
let subjects: Subjects[]

beforeAll(async () => {
  hotel = await openHotel({
    // What is waited for is not waited for so long here, but for longer than one service waits for another.
    env: { SUBGRAPH_TIMEOUT_MS: '6000', CONTRIBUTION_TIMEOUT_MS: '1000', ...pushEnvironment() },
    rewire: detours(proxies),
    standBack: false,
  })
  const set = await setScene(hotel, outages.length)
  scene = set[0]
  subjects = set[1]
  await eventually(isWhole, { withinMs: 30_000 })
})
afterAll(async () => {
  await hotel?.close()
  for (const proxy of proxies.values()) proxy.close()
})

async function signOfOperation(name: string, subject: Subjects): Promise<string> {
  const operation = operations[name]
  if (!operation) throw new Error(`no operation ${name}`)
  return signOf(await hotel.send(operation.account, operation.text(scene, subject)))
}

const isQuery = (name: string) =>
  !operations[name]?.text(scene, subjects[0] as Subjects).startsWith('mutation')

/** Changes that can be made again and again, one of each subgraph that has any. */
const harmless = ['changeRoom', 'unblockDates', 'fileComplaint', 'markNotificationsRead']

/** Everything is as before: a subgraph that was away is asked again, for queries and for changes. */
async function isWhole() {
  const names = [...Object.keys(operations).filter(isQuery), ...harmless]
  const found = await Promise.all(names.map((name) => signOfOperation(name, subjects[0] as Subjects)))
  expect(Object.fromEntries(names.map((name, index) => [name, found[index]]))).toEqual(
    Object.fromEntries(names.map((name) => [name, signs.whole])),
  )
  return true
}

it('the table has every operation of the API, and every part', async () => {
  const supergraph = parse(await readFile(join(ROOT, 'router/supergraph.graphql'), 'utf8'))
  const asked = supergraph.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && ['Query', 'Mutation'].includes(node.name.value)
      ? (node.fields ?? [])
          .filter(({ directives }) => !directives?.some(({ name }) => name.value === 'inaccessible'))
          .map(({ name }) => name.value)
      : [],
  )
  expect(Object.keys(operations).sort()).toEqual(asked.sort())
  expect([...table.keys()].sort()).toEqual(Object.keys(parts).sort())
  for (const [part, column] of table) {
    expect([...column.keys()].sort(), part).toEqual(Object.keys(operations).sort())
  }
})

it.each(outages.map(([part, way], index) => [part, way, index] as const))(
  'while %s is %s, each operation is answered as the table says',
  async (part, way, index) => {
    const { leave, comeBack } = parts[part] as Part
    const subject = subjects[index] as Subjects
    const names = Object.keys(operations)
    await leave(hotel.system, way)
    const promised = table.get(part) ?? new Map<string, string>()
    await Promise.all(
      names.map((name) =>
        // Asked again where the machine has no time for an answer: it is the one promised that comes.
        eventually(
          async () => {
            expect([name, await signOfOperation(name, subject)]).toEqual([name, promised.get(name)])
            return true
          },
          { withinMs: 20_000, everyMs: 500 },
        ),
      ),
    ).finally(() => comeBack(hotel.system, way))
    await eventually(isWhole, { withinMs: 30_000, everyMs: 100 })
  },
)
