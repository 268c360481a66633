import type { RequestListener } from 'node:http'
import { answer } from '@myhotel/kit/http'
import { eventually } from '@myhotel/kit/testing'
import { afterEach, expect, test } from 'vitest'
import { bodyOf, createCleanup, deadUrl, isLook, listen, startRouter, type TestSubgraph } from '../testing.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

const room: TestSubgraph = {
  schema: `type Query { rooms: [Room!]! room: Room } type Room @key(fields: "id") { id: ID! name: String! }`,
  resolvers: {
    Query: {
      rooms: () => ['r1', 'r2'].map((id) => ({ id, name: `Room ${id}` })),
      room: () => ({ id: 'r1', name: 'Room r1' }),
    },
  },
}
const marketing = `type Query { best: String } type Mutation { praise: String }
  type Room @key(fields: "id") { id: ID! popularity: Int }`

const page = '{ rooms { name popularity } }'
const rooms = (popularity: number | null) => [
  { name: 'Room r1', popularity },
  { name: 'Room r2', popularity },
]
const codesOf = (errors: { extensions: Record<string, unknown> }[] | undefined) => [
  ...new Set(errors?.map(({ extensions: { code, serviceName } }) => `${serviceName} ${code}`)),
]

/** Answers as marketing does when it is well. */
const well: RequestListener = async (request, response) => {
  if (isLook(request)) return answer(response, 200, {})
  const { variables, query } = await bodyOf(request)
  const { representations } = variables as { representations?: object[] }
  if (representations) {
    return answer(response, 200, { data: { _entities: representations.map(() => ({ popularity: 7 })) } })
  }
  answer(response, 200, { data: query.startsWith('mutation') ? { praise: 'done' } : { best: 'r1' } })
}

/** A router over room and a marketing that behaves as it is told to from one moment to the next. */
async function start(env: NodeJS.ProcessEnv = {}) {
  const state = { asked: 0, looks: 0, looksAtOnce: 0, behave: well }
  let looking = 0
  const listener: RequestListener = (request, response) => {
    if (isLook(request)) {
      state.looks += 1
      looking += 1
      state.looksAtOnce = Math.max(state.looksAtOnce, looking)
      response.once('close', () => {
        looking -= 1
      })
    } else state.asked += 1
    state.behave(request, response)
  }
  const more = { CONTRIBUTION_TIMEOUT_MS: '300', ...env }
  const router = await startRouter(cleanup, { room, marketing: { schema: marketing, listener } }, more)
  const isWhole = async () => {
    const { data, errors } = await router.ask(page)
    expect([data, errors]).toEqual([{ rooms: rooms(7) }, undefined])
    return true
  }
  return { ...router, state, isWhole }
}

const silent: RequestListener = () => {}
const cut: RequestListener = (_, response) => response.destroy()
const failing: RequestListener = (_, response) => answer(response, 500, { stack: 'at secret.ts:1' })
const trickling: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const drip = setInterval(() => response.write(' '), 20)
  response.once('close', () => clearInterval(drip))
}

test.each<[string, string, number, RequestListener]>([
  ['silent', 'GATEWAY_TIMEOUT', 1, silent],
  ['cut off', 'BAD_GATEWAY', 3, cut],
  ['failing', 'BAD_GATEWAY', 3, failing],
  ['trickling', 'GATEWAY_TIMEOUT', 1, trickling],
])('a subgraph that is %s is asked for no longer, until it is back', async (_, code, times, behave) => {
  const { ask, state, lines, isWhole } = await start()
  await eventually(isWhole)
  lines.length = 0
  state.behave = behave
  state.asked = 0
  for (let time = 0; time < times; time += 1) {
    const { data, errors } = await ask(page)
    expect([data, codesOf(errors)]).toEqual([{ rooms: rooms(null) }, [`marketing ${code}`]])
  }
  for (let time = 0; time < 10; time += 1) {
    const { data, errors } = await ask(page)
    expect([data, codesOf(errors)]).toEqual([{ rooms: rooms(null) }, ['marketing SERVICE_UNAVAILABLE']])
  }
  expect(state.asked, 'requests that were sent to it').toBe(times)
  expect(lines.filter(({ msg }) => /is away/.test(String(msg)))).toMatchObject([{ subgraph: 'marketing' }])
  expect(lines.filter(({ msg }) => msg === 'subgraph failed')).toHaveLength(times)

  state.behave = well
  await eventually(isWhole)
  expect(lines.filter(({ msg }) => msg === 'subgraph is back')).toMatchObject([{ subgraph: 'marketing' }])
})

test('each null that is missing has its error, wherever it stands and whatever the client calls it', async () => {
  const { ask, state } = await start()
  state.behave = failing
  const { data, errors } = await ask('{ all: rooms { id how: popularity } room { __typename popularity } }')
  expect(data).toEqual({
    all: [
      { id: 'r1', how: null },
      { id: 'r2', how: null },
    ],
    room: { __typename: 'Room', popularity: null },
  })
  expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual([
    'all.0.how',
    'all.1.how',
    'room.popularity',
  ])
})

test('while it is away it is looked at by one request at a time, however many ask', async () => {
  const { ask, state } = await start()
  state.behave = silent
  await ask(page)
  await eventually(async () => {
    await Promise.all(Array.from({ length: 50 }, () => ask(page)))
    return state.looks >= 2
  })
  expect(state.looksAtOnce).toBe(1)
})

test('what refuses connections is null at once, and comes again', async () => {
  const url = await deadUrl()
  const { ask, lines } = await startRouter(cleanup, { room, marketing: { schema: marketing, urls: url } })
  for (let time = 0; time < 10; time += 1) {
    const { data, errors } = await ask(page)
    expect([data, codesOf(errors)]).toEqual([{ rooms: rooms(null) }, ['marketing SERVICE_UNAVAILABLE']])
  }
  expect(lines.filter(({ msg }) => msg === 'subgraph failed')).toHaveLength(3)
  await listen(cleanup, well, Number(new URL(url).port))
  await eventually(async () => (await ask(page)).errors === undefined)
})

test.each<[string, RequestListener]>([
  [
    'errors of GraphQL',
    async (request, response) => {
      const { variables } = await bodyOf(request)
      const entities = (variables.representations as object[]).map(() => ({ popularity: null }))
      const error = { message: 'no', path: ['_entities', 0, 'popularity'], extensions: { code: 'FORBIDDEN' } }
      answer(response, 200, { data: { _entities: entities }, errors: [error] })
    },
  ],
  [
    'a refused operation',
    (_, response) =>
      answer(response, 400, { errors: [{ message: 'not this', extensions: { code: 'BAD_USER_INPUT' } }] }),
  ],
  ['a refused token', (_, response) => answer(response, 401, {})],
  ['a wrong path', (_, response) => answer(response, 404, {})],
])('%s keeps nobody from asking again', async (_, behave) => {
  const { ask, state } = await start({ CONTRIBUTION_TIMEOUT_MS: '10000' })
  state.behave = behave
  for (let time = 0; time < 12; time += 1) {
    const { data, errors } = await ask(page)
    expect([data, errors?.length]).toEqual([{ rooms: rooms(null) }, expect.any(Number)])
  }
  expect(state.asked).toBe(12)
})

test('a mutation, and what a page is about, is given more time than what is contributed to it', async () => {
  const { ask, state, isWhole } = await start({ CONTRIBUTION_TIMEOUT_MS: '500' })
  const held: (() => void)[] = []
  const hold: RequestListener = (request, response) => {
    if (isLook(request)) return well(request, response)
    held.push(() => well(request, response))
  }
  for (const [asked, data] of [
    ['mutation { praise }', { praise: 'done' }],
    ['{ best }', { best: 'r1' }],
  ] as const) {
    state.behave = hold
    const answered = ask(asked)
    const release = await eventually(() => held.pop())
    // A page has given up meanwhile; the breaker is open for pages, not for what is under way.
    const { errors } = await ask(page)
    expect(codesOf(errors)).toEqual(['marketing GATEWAY_TIMEOUT'])
    held.splice(0)
    release()
    expect((await answered).data).toEqual(data)
    state.behave = well
    await eventually(isWhole)
  }
})

test('that a page has waited in vain keeps nobody from booking', async () => {
  const { ask, state } = await start()
  state.behave = async (request, response) => {
    if (isLook(request)) return
    const { variables } = await bodyOf(request)
    if (!variables.representations) answer(response, 200, { data: { praise: 'done' } })
  }
  expect(codesOf((await ask(page)).errors)).toEqual(['marketing GATEWAY_TIMEOUT'])
  expect(codesOf((await ask(page)).errors)).toEqual(['marketing SERVICE_UNAVAILABLE'])
  expect((await ask('mutation { praise }')).data).toEqual({ praise: 'done' })
})

test('a supporting subgraph is not waited for, whatever a query asks of it', async () => {
  const listener: RequestListener = () => {}
  const { ask } = await startRouter(
    cleanup,
    { room, marketing: { schema: marketing, listener, rank: 'supporting' } },
    { CONTRIBUTION_TIMEOUT_MS: '100' },
  )
  const { data, errors } = await ask('{ best room { name } }')
  expect([data, codesOf(errors)]).toEqual([
    { best: null, room: { name: 'Room r1' } },
    ['marketing GATEWAY_TIMEOUT'],
  ])
})

test('a supporting subgraph that lives is given its time for what it alone was asked for', async () => {
  const held: (() => void)[] = []
  const listener: RequestListener = (request, response) => {
    if (isLook(request)) return answer(response, 200, {})
    held.push(() => well(request, response))
  }
  const { ask } = await startRouter(
    cleanup,
    { room, marketing: { schema: marketing, listener, rank: 'supporting' } },
    { CONTRIBUTION_TIMEOUT_MS: '500' },
  )
  const answered = ask('{ best }')
  const release = await eventually(() => held.pop())
  // A page has been given up meanwhile, so that the time of the other is over, too.
  expect(codesOf((await ask(page)).errors)).toEqual(['marketing GATEWAY_TIMEOUT'])
  release()
  expect(await answered).toMatchObject({ data: { best: 'r1' } })
})

test('a replica that is silent is passed over', async () => {
  let heard = 0
  const mute = await listen(cleanup, () => {
    heard += 1
  })
  const good = await listen(cleanup, well)
  const urls = `${mute.url}, ${good.url}`
  const { ask } = await startRouter(
    cleanup,
    { room, marketing: { schema: marketing, urls } },
    { CONTRIBUTION_TIMEOUT_MS: '2000' },
  )
  const answers = []
  for (let time = 0; time < 10; time += 1) answers.push((await ask(page)).errors === undefined)
  expect(answers.filter((isWhole) => !isWhole)).toHaveLength(1)
  expect(heard).toBeGreaterThanOrEqual(1)
})
