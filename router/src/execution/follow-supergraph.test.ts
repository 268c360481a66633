import { writeFile } from 'node:fs/promises'
import { eventually } from '@myhotel/kit/testing'
import { afterEach, expect, test } from 'vitest'
import { hotel } from '../fixture.ts'
import { composed, createCleanup, startRouter } from '../testing.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

/** A hotel whose rooms can also tell their number, once the supergraph says so. */
function numbered() {
  const subgraphs = hotel()
  const { schema } = subgraphs.room
  subgraphs.room.schema = schema.replace('name: String!', 'name: String! number: Int')
  return subgraphs
}

async function start() {
  const router = await startRouter(cleanup, hotel())
  return {
    ...router,
    async replace(text: string) {
      await writeFile(router.supergraphFile, text)
      process.emit('SIGHUP')
    },
    told: (msg: RegExp) => eventually(() => router.lines.find((line) => msg.test(String(line.msg)))),
  }
}

const query = '{ room(id: "r1") { name price } }'
const answer = { room: { name: 'Room r1', price: 100 } }

test('a supergraph that changes is served without a dropped request', async () => {
  const { ask, replace, told } = await start()
  const statuses: unknown[] = []
  let going = true
  const clients = Array.from({ length: 8 }, async () => {
    while (going) {
      const { status, data, errors } = await ask(query)
      statuses.push(errors ?? status)
      expect(data).toEqual(answer)
    }
  })
  await eventually(() => statuses.length > 50)
  expect((await ask('{ room(id: "r1") { number } }')).status, 'not known yet').toBe(400)
  await replace(composed(numbered()))
  await told(/^supergraph replaced/)
  const served = statuses.length
  await eventually(() => statuses.length > served + 50)
  going = false
  await Promise.all(clients)
  expect(new Set(statuses)).toEqual(new Set([200]))
  // The subgraph itself does not know the field, which is how we see that it was asked for.
  const { errors } = await ask('{ room(id: "r1") { number } }')
  expect(errors?.[0]?.extensions).toMatchObject({ serviceName: 'room' })
})

test.each([
  ['names an unknown subgraph', composed({ ...hotel(), spa: { schema: 'type Query { spa: String }' } })],
  ['cannot be served', composed(hotel()).replaceAll('"room"', '"room').slice(0, 9_000)],
])('a supergraph that %s is refused, and the last one stays', async (_, sdl) => {
  const { ask, replace, told } = await start()
  await replace(sdl)
  await told(/^supergraph refused/)
  expect((await ask(query)).data).toEqual(answer)
  expect((await ask('{ spa }')).status).toBe(400)
  await replace(composed(numbered()))
  await told(/^supergraph replaced/)
  expect((await ask(query)).data).toEqual(answer)
})
