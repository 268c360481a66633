import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import { describe, expect, test, vi } from 'vitest'
import { composed } from '../../testing.ts'
import { createPlanner } from '../planning/planner.ts'
import { plan } from '../testing/plan.ts'
import { createErrors } from './errors.ts'
import { compileOperation } from './operation.ts'
import { createIndex } from './representations.ts'
import type { Answer } from './run.ts'

const sdl = composed({
  room: {
    schema: `
      type Query { rooms: [Room] room: Room floors: [[Room]] places: [Place] }
      union Place = Room | Hall
      type Room @key(fields: "kind id") { kind: String id: ID name: String near: [Room] }
      type Hall { name: String }`,
  },
  book: {
    schema: `
      type Room @key(fields: "kind id") { kind: String id: ID price: Price stars: Int }
      type Price { amount: Int, lines: [Line] }
      type Line { amount: Int }`,
  },
})
const planner = createPlanner(sdl)
const exchange = {} as Parameters<ReturnType<typeof compileOperation>>[0]

type Entities = (count: number) => Pick<Answer, 'data' | 'errors'>

/** Executes a query; the subgraph `room` answers the data, `book` what is said of so many representations. */
async function execute(query: string, data: Record<string, unknown>, book: Entities) {
  const run = compileOperation(plan(planner, query), planner, (name) => ({
    send: async (_, variables) =>
      name === 'room' ? { data: data } : book(JSON.parse(variables).representations.length),
  }))
  const { errors = [] } = await run(exchange, {})
  return errors
}

const room = (id: number, kind = 'room') => ({ __typename: 'Room', kind, id, name: `Room ${id}` })
const error = (...path: (string | number)[]): GraphQLFormattedError => ({
  message: 'not known',
  path,
  extensions: { code: 'NOT_FOUND' },
})
const failingWith =
  (errors: GraphQLFormattedError[]): Entities =>
  (count) => ({ data: { _entities: Array(count).fill(null) }, errors })
const failing = (...errors: GraphQLFormattedError[]) => failingWith(errors)
const pathsOf = (errors: readonly GraphQLError[]) => errors.map(({ path }) => path)

describe('an error of an entity has the path of the object that the client asked for', () => {
  test('behind what could not be asked for: nulls, objects without a key, other types', async () => {
    const { kind: _, ...noKey } = room(1)
    const rooms = [null, noKey, room(2), null, room(3)]
    const errors = await execute(
      '{ rooms { name price { amount } } }',
      { rooms },
      failing(error('_entities', 1, 'price')),
    )
    expect(pathsOf(errors)).toEqual([
      ['rooms', 4, 'price'],
      ['rooms', 1, 'price'],
    ])
    expect(errors[1]?.extensions.code, 'nobody could be asked').toBe('INVALID_SUBGRAPH_RESPONSE')

    const places = [{ __typename: 'Hall', name: 'Hall' }, room(1), room(2)]
    const query = '{ places { ... on Room { name price { amount } } } }'
    const ofPlaces = await execute(query, { places }, failing(error('_entities', 0, 'price', 'lines', 3)))
    expect(pathsOf(ofPlaces)).toEqual([['places', 1, 'price', 'lines', 3]])
  })

  test('in lists of lists', async () => {
    const floors = [[room(1)], null, [null, room(2)]]
    const errors = await execute(
      '{ floors { name stars } }',
      { floors },
      failing(error('_entities', 1, 'stars')),
    )
    expect(pathsOf(errors)).toEqual([['floors', 2, 1, 'stars']])
  })

  test('at each place where it stands', async () => {
    const near = [room(1), room(2)]
    const rooms = [
      { ...room(1), near: null },
      { ...room(3), near },
      { ...room(4), near },
    ]
    const query = '{ rooms { name near { name stars } } }'
    const errors = await execute(query, { rooms }, failing(error('_entities', 1, 'stars')))
    expect(pathsOf(errors)).toEqual([
      ['rooms', 1, 'near', 1, 'stars'],
      ['rooms', 2, 'near', 1, 'stars'],
    ])
  })

  test('and of no object, the path of what all objects have in common', async () => {
    const errors = [
      error('_entities'),
      error('_entities', 7, 'stars'),
      error('stars'),
      { message: 'no', path: undefined },
    ]
    const told = await execute('{ rooms { name stars } }', { rooms: [room(1)] }, failingWith(errors))
    expect(pathsOf(told)).toEqual([['rooms'], ['rooms'], ['rooms'], undefined])
  })
})

test('what only a plan fetches has no path of its own: the nearest thing that the client asked for has', async () => {
  const needs = createPlanner(
    composed({
      room: { schema: 'type Query { rooms: [Room] } type Room @key(fields: "id") { id: ID name: String }' },
      size: { schema: 'type Room @key(fields: "id") { id: ID size: Size } type Size { floor: Int }' },
      book: {
        schema:
          'type Room @key(fields: "id") { id: ID size: Size @external price: Int @requires(fields: "size { floor }") } type Size @external { floor: Int }',
      },
    }),
  )
  const rooms = [null, { __typename: 'Room', id: 1, name: 'Room 1' }]
  const told = error('_entities', 0, 'size', 'floor')
  const run = compileOperation(plan(needs, '{ all: rooms { called: name cost: price } }'), needs, (name) => ({
    async send(operation) {
      if (name === 'room') return { data: { [operation.match(/(\w+): ?rooms/)?.[1] ?? 'rooms']: rooms } }
      return {
        data: { _entities: [{ size: { floor: null }, price: null }] },
        errors: name === 'size' ? [told] : [],
      }
    },
  }))
  const { errors = [] } = await run(exchange, {})
  expect(pathsOf(errors)).toEqual([['all', 1]])
})

describe('however many errors there are, each object and each error is looked at once', () => {
  let looks = 0
  const handler: ProxyHandler<Record<string, unknown>> = {
    get(target, name, receiver) {
      looks += 1
      return Reflect.get(target, name, receiver)
    },
    getOwnPropertyDescriptor(target, name) {
      looks += 1
      return Reflect.getOwnPropertyDescriptor(target, name)
    },
  }
  const watched = (id: number) => new Proxy<Record<string, unknown>>(room(id), handler)

  /** How often anything of so many objects that fail is looked at. */
  async function looksAt(count: number) {
    const rooms = Array.from({ length: count }, (_, id) => watched(id))
    const errors = rooms.map((_, index) => error('_entities', index, 'stars'))
    looks = 0
    const told = await execute('{ rooms { name stars } }', { rooms }, failingWith(errors))
    expect(new Set(pathsOf(told).map((path) => path?.[1])).size).toBe(count)
    return looks
  }

  test('twice as many objects that fail are twice the work', async () => {
    const once = await looksAt(500)
    expect(once).toBeGreaterThan(500)
    expect(await looksAt(1_000)).toBeLessThan(2.1 * once)
  })

  test('twice as many representations that begin alike are twice the work', () => {
    const index = (count: number) => {
      const list: Record<string, unknown>[] = []
      const known = createIndex(list)
      looks = 0
      for (let position = 0; position < 2 * count; position += 1) {
        const representation = watched(position % count)
        const found = known(representation)
        expect(found).toBe(position % count)
        if (found === list.length) list.push(representation)
      }
      return looks
    }
    const once = index(1_000)
    expect(index(2_000)).toBeLessThan(2.1 * once)
  })

  test('what one error would be told too often, or too many errors, is counted instead', async () => {
    const rooms = Array.from({ length: 5_000 }, () => room(1))
    const errors = Array.from({ length: 50 }, () => error('_entities', 0, 'stars'))
    const told = await execute('{ rooms { name stars } }', { rooms }, failingWith(errors))
    const last = told.at(-1)
    expect(last?.extensions.code).toBe('ERRORS_LEFT_OUT')
    expect(last?.message).toContain(`${250_000 - told.length + 1} more errors are left out`)
    expect(JSON.stringify(told).length).toBeLessThan(4_000_000)
  })

  test('two hundred thousand errors of one subgraph are no more than can be told', async () => {
    const errors = Array.from({ length: 200_000 }, () => error('_entities', 0, 'stars'))
    const told = await execute('{ rooms { name stars } }', { rooms: [room(1)] }, failingWith(errors))
    expect(told.length).toBeLessThan(20_000)
  })
})

test('all errors are told where they are not too many, and none is made in vain', () => {
  const errors = createErrors(1_000)
  const make = vi.fn((place: number) => ({ message: `error ${place}`, extensions: {} }))
  errors.add('error', 3, make)
  expect(errors.told()).toHaveLength(3)
  errors.add('error', 1_000, make)
  errors.add('error', 5, make)
  expect(make.mock.calls.length).toBe(errors.told().length - 1)
  expect(errors.told().at(-1)?.message).toBe(
    `${1_008 - make.mock.calls.length} more errors are left out here: ask for fewer objects to see all errors.`,
  )
})
