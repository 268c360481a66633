import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayOf } from './calendar.ts'
import { type PastBooking, readHistory } from './history.ts'
import { type Plan, planReplay } from './plan.ts'

const today = dayOf(2027, 2, 28)

/** A booking of a room of type A, made on day 0 unless told. */
const booking = (
  line: number,
  arrival: number,
  nights: number,
  change: Partial<PastBooking> = {},
): PastBooking => ({
  ...{ line, roomType: 'A', bookedOn: 0, arrival, nights, guests: 2, rate: 100, canceledOn: null },
  ...change,
})

const linesByRoom = ({ rooms }: Plan) =>
  rooms.map(({ steps }) => steps.filter(({ kind }) => kind === 'book').map((step) => step.booking.line))

test('there are as many rooms as stays overlap, and a departure makes room for an arrival', () => {
  const plan = planReplay([booking(1, 10, 3), booking(2, 13, 2), booking(3, 12, 2), booking(4, 10, 9)], today)
  expect(linesByRoom(plan)).toEqual([[1, 2], [4], [3]])
})

test('each type has rooms of its own', () => {
  const plan = planReplay([booking(1, 10, 3), booking(2, 10, 3, { roomType: 'B' })], today)
  expect(plan.rooms.map(({ roomType, number }) => [roomType, number])).toEqual([
    ['A', 1],
    ['B', 1],
  ])
})

test('the nights of a cancelled booking are taken until it is cancelled', () => {
  const canceled = booking(1, 10, 3, { canceledOn: 5 })
  const before = booking(2, 10, 3, { bookedOn: 4 })
  const onTheDay = booking(2, 10, 3, { bookedOn: 5 })
  expect(planReplay([canceled, before], today).rooms).toHaveLength(2)
  expect(planReplay([canceled, onTheDay], today).rooms).toHaveLength(1)
})

test('what is booked and cancelled on one day is booked first', () => {
  const plan = planReplay([booking(1, 10, 3, { canceledOn: 0 }), booking(2, 10, 3)], today)
  expect(
    plan.rooms.map(({ steps }) => steps.map(({ kind, booking: { line } }) => `${kind} ${line}`)),
  ).toEqual([['book 1', 'cancel 1'], ['book 2']])
})

test('arrivals are moved by whole weeks to a week from today or later', () => {
  const { shift, lastArrival } = planReplay(
    [booking(1, dayOf(2015, 7, 1), 2), booking(2, dayOf(2016, 7, 1), 2)],
    today,
  )
  expect(shift % 7).toBe(0)
  expect(dayOf(2015, 7, 1) + shift - today).toBeGreaterThanOrEqual(8)
  expect(dayOf(2015, 7, 1) + shift - today).toBeLessThan(15)
  expect(lastArrival).toBe(dayOf(2016, 7, 1) + shift)
})

test('an empty history needs no room', () => {
  expect(planReplay([], today)).toMatchObject({ rooms: [], shift: 0 })
})

test('the example needs three rooms of two types and one of the third', async () => {
  const { bookings } = await readHistory(join(import.meta.dirname, 'example.csv'))
  const { rooms } = planReplay(bookings, today)
  const types = Map.groupBy(rooms, ({ roomType }) => roomType)
  expect([...types].map(([type, of]) => [type, of.length])).toEqual([
    ['Seaside Inn A', 3],
    ['Seaside Inn B', 3],
    ['Seaside "Inn", North C', 1],
  ])
})

test('done in order, no booking ever finds its nights taken, and no room is idle all the time', () => {
  const anyBooking = fc
    .record({
      bookedOn: fc.integer({ min: 0, max: 20 }),
      leadTime: fc.integer({ min: 0, max: 20 }),
      nights: fc.integer({ min: 1, max: 6 }),
      canceledAfter: fc.option(fc.integer({ min: 0, max: 20 })),
    })
    .map(({ bookedOn, leadTime, nights, canceledAfter }) => ({
      ...booking(0, bookedOn + leadTime, nights, { bookedOn }),
      canceledOn: canceledAfter === null ? null : bookedOn + Math.min(canceledAfter, leadTime),
    }))
  fc.assert(
    fc.property(fc.array(anyBooking, { maxLength: 60 }), (drawn) => {
      const bookings = drawn.map((one, index) => ({ ...one, line: index + 2 }))
      const plan = planReplay(bookings, today)
      let done = 0
      for (const { steps } of plan.rooms) {
        expect(steps.length).toBeGreaterThan(0)
        const held = new Set<PastBooking>()
        for (const [index, step] of steps.entries()) {
          done += 1
          expect(step.at).toBeGreaterThan(steps[index - 1]?.at ?? -1)
          if (step.kind === 'cancel') {
            expect(held.delete(step.booking)).toBe(true)
            continue
          }
          const { arrival, nights } = step.booking
          const inTheWay = [...held].filter(
            (other) => other.arrival < arrival + nights && arrival < other.arrival + other.nights,
          )
          expect(inTheWay).toEqual([])
          held.add(step.booking)
        }
      }
      const cancellations = bookings.filter(({ canceledOn }) => canceledOn !== null).length
      expect(done).toBe(bookings.length + cancellations)
    }),
  )
})
