import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../system/client.ts'
import { additions, brokenPromises } from './compare.ts'
import type { Promises } from './files.ts'
import { promisesOf } from './promises.ts'

/** What promises are read from. */
const SOURCES = ['docs/errors.md', 'docs/api/samples', 'packages/contracts/src']
const OF_SUBGRAPHS =
  /^subgraphs(\/[^/]+(\/(package[.]json|schema[.]graphql|src(\/adapters(\/[^/]+[.]operations[.]graphql)?)?))?)?$/

/** A change: in a file, this becomes that. */
type Change = readonly [file: string, from: string | RegExp, to: string]

let folder: string
let before: Promises
let copies = 0

/** A copy of the sources, with changes. */
async function changed(changes: readonly Change[]): Promise<Promises> {
  copies += 1
  const root = join(folder, String(copies))
  await cp(join(ROOT, 'subgraphs'), join(root, 'subgraphs'), {
    recursive: true,
    filter: (path) => OF_SUBGRAPHS.test(path.slice(ROOT.length + 1)),
  })
  for (const source of SOURCES) {
    await mkdir(dirname(join(root, source)), { recursive: true })
    await cp(join(ROOT, source), join(root, source), { recursive: true })
  }
  await symlink(join(ROOT, 'packages/contracts/node_modules'), join(root, 'packages/contracts/node_modules'))
  for (const [file, from, to] of changes) {
    const text = await readFile(join(root, file), 'utf8')
    const other = text.replace(from, to)
    if (other === text) throw new Error(`${file} does not have ${from}`)
    await writeFile(join(root, file), other)
  }
  return promisesOf(root)
}

const broken = (now: Promises, version = '1.1.0') =>
  brokenPromises({ version, promises: now }, [{ version: '1.0.0', promises: before }])

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'myhotel-contracts-'))
  before = await changed([])
})
afterAll(() => rm(folder, { recursive: true }))

const schema = (name: string) => `subgraphs/${name}/schema.graphql`
const contract = (name: string) => `packages/contracts/src/${name}.ts`

test('what is as it was keeps all that was promised', () => {
  expect(broken(before)).toEqual([])
})

test.each<[string, readonly Change[], string]>([
  [
    'a field of the API is removed',
    [[schema('room'), /\n {2}"Once per stay."\n {2}cleaningFee: Money!/, '']],
    'schema.graphql: Room.cleaningFee was removed',
  ],
  [
    'a field of the API may be null',
    [[schema('room'), 'capacity: Int!\n  location', 'capacity: Int\n  location']],
    'schema.graphql: Room.capacity changed type from Int! to Int',
  ],
  [
    'an argument has to be given',
    [[schema('book'), 'booking(id: ID!)', 'booking(id: ID!, language: String!)']],
    'schema.graphql: A required arg language on Query.booking was added',
  ],
  [
    'a value has another name',
    [[schema('notification'), 'COMPLAINT_CLOSED', 'COMPLAINT_SETTLED']],
    'schema.graphql: COMPLAINT_CLOSED was removed from enum type NotificationKind',
  ],
  [
    'an outcome is told otherwise',
    [[schema('book'), '\n  | PriceChanged', '']],
    'schema.graphql: PriceChanged was removed from union type BookRoomResult',
  ],
  [
    'pages have another length for who names none',
    [[schema('room'), /(sort: RoomSort = POPULARITY\n {4}first: Int = )20/, '$150']],
    'schema.graphql: Query.searchRooms arg first has changed defaultValue from 20 to 50',
  ],
  [
    'a search is as wide as before only for who says so',
    [[schema('room'), 'radiusKm: Float! = 10', 'radiusKm: Float! = 5']],
    'schema.graphql: NearInput.radiusKm has changed its default',
  ],
  [
    'an error has another code',
    [['docs/errors.md', '`OPERATION_TOO_COSTLY`', '`OPERATION_TOO_LARGE`']],
    'errors.json: OPERATION_TOO_COSTLY is told no more',
  ],
  [
    'a service answers by another name, and its callers in this version know it',
    [
      [schema('payment'), '  declineCode: String!', '  reasonCode: String!'],
      ['subgraphs/book/src/adapters/payment.operations.graphql', /declineCode/g, 'reasonCode'],
    ],
    'documents/book-to-payment.graphql: Cannot query field "declineCode" on type "PaymentDecline"',
  ],
  [
    'a service asks for what the other one has in this version only',
    [
      [
        schema('room'),
        '  version: Int!\n  deleted: Boolean!',
        '  version: Int!\n  views: Int!\n  deleted: Boolean!',
      ],
      ['subgraphs/book/src/adapters/room.operations.graphql', '    version\n', '    version\n    views\n'],
    ],
    'documents/book-to-room.graphql: Cannot query field "views" on type "OfferedRoom"',
  ],
  [
    'a field moves to another subgraph, and the API stays as it is',
    [
      [schema('marketing'), /\n {2}".*"\n {2}popularity: Int/, ''],
      [
        schema('room'),
        'registeredAt: DateTime!\n  "Offered no',
        'registeredAt: DateTime!\n  popularity: Int\n  "Offered no',
      ],
    ],
    'subgraphs/marketing.graphql: Room.popularity was removed',
  ],
  [
    'an event lacks a field',
    [[contract('book'), '    checkInTime: z.string(),\n', '']],
    'events/Booked.json: subscribers: data.checkInTime: needed, and may be missing',
  ],
  [
    'an event has a value that nobody expects',
    [[contract('book'), "'ROOM_DELETED']", "'ROOM_DELETED', 'PLATFORM']"]],
    'events/BookCanceled.json: subscribers: data.canceledBy: "PLATFORM" is not taken in',
  ],
  [
    'events of before lack what is needed',
    [[contract('room'), 'taxPartsPerMillion: z.int().optional()', 'taxPartsPerMillion: z.int()']],
    'events/RoomRegistered.json: those of before: data.taxPartsPerMillion: needed, and may be missing',
  ],
  [
    'an amount is written in another way',
    [[contract('values'), 'amount: z.int()', 'amount: z.string()']],
    'events/PaymentApproved.json: subscribers: data.amount.amount: string is not taken in, integer is',
  ],
  [
    'an event has another name',
    [[contract('marketing'), "'BookCounted',\n  z", "'RoomCounted',\n  z"]],
    'events/BookCounted.json: it is published no more',
  ],
])('refused: %s', async (_, changes, flaw) => {
  const flaws = broken(await changed(changes))
  expect(flaws.filter((told) => told.startsWith(flaw))).not.toEqual([])
  expect(flaws.every((told) => told.endsWith('[promised by 1.0.0]'))).toBe(true)
})

test('what is only added is no broken promise, and is told', async () => {
  const now = await changed([
    [
      schema('room'),
      'registeredAt: DateTime!\n  "Offered no',
      'registeredAt: DateTime!\n  stars: Int\n  "Offered no',
    ],
    [schema('notification'), '  COMPLAINT_CLOSED', '  COMPLAINT_CLOSED\n  COMPLAINT_REOPENED'],
    [
      contract('book'),
      '    bookedAt: instant,\n',
      '    bookedAt: instant,\n    stars: z.int().optional(),\n',
    ],
    [contract('servicecenter'), 'closedBy: z.string(),', 'closedBy: z.string(), stars: z.int(),'],
  ])
  expect(broken(now)).toEqual([
    // A new field is never needed: events of before do not have it.
    expect.stringMatching(/^events\/ComplaintClosed.json: those of before: data.stars: needed/),
  ])
  expect(additions(now, before)).toEqual([
    'COMPLAINT_REOPENED was added to enum type NotificationKind (VALUE_ADDED_TO_ENUM)',
  ])
})

test('another major may take back what it likes, and still reads the events of before', async () => {
  const now = await changed([
    [schema('room'), /\n {2}"Once per stay."\n {2}cleaningFee: Money!/, ''],
    [contract('marketing'), "'BookCounted',\n  z", "'RoomCounted',\n  z"],
    [contract('room'), 'taxPartsPerMillion: z.int().optional()', 'taxPartsPerMillion: z.int()'],
  ])
  const flaws = broken(now, '2.0.0')
  expect(flaws).toHaveLength(2)
  expect(flaws.every((flaw) => /^events\/Room(Registered|Changed).json: those of before/.test(flaw))).toBe(
    true,
  )
})
