import { statementsOf } from '@myhotel/kit/testing/plans'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bookRoom } from '../application/book-room.ts'
import { aRequest } from '../testing/examples.ts'
import { createWorld } from '../testing/world.ts'

let world: Awaited<ReturnType<typeof createWorld>>
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

it('books in three round trips, each a prepared statement', async () => {
  const { roomId } = await world.room()
  const asked = await statementsOf(async () => {
    expect(await bookRoom(world.ports, aRequest({ roomId }))).toMatchObject({ type: 'RoomBooked' })
  })
  expect(asked).toHaveLength(3)
  expect(asked.filter(({ name }) => !name)).toEqual([])
})

it('books for a hundred at a time in as many round trips as for a few', async () => {
  const rooms = await Promise.all(Array.from({ length: 100 }, () => world.room()))
  const asked = await statementsOf(async () => {
    const booking = rooms.map(({ roomId }, number) =>
      bookRoom(world.ports, aRequest({ roomId, guestId: `crowd${number}` })),
    )
    for (const answer of await Promise.all(booking)) expect(answer).toMatchObject({ type: 'RoomBooked' })
  })
  // Two batches of each of the three; who comes late to one has another.
  expect(asked.length).toBeLessThanOrEqual(12)
})
