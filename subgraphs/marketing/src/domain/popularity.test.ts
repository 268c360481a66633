import { array, assert, constantFrom, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Finding, isCounted, learn, type PaidBooking, recount } from './popularity.ts'

const roomId = 'room'
const paid = (paymentId: string): Finding => ({
  paymentId,
  bookingId: `booking of ${paymentId}`,
  roomId,
  paidAt: '2027-01-01T00:00:00.000Z',
  canceledAt: null,
})
const canceled = (paymentId: string): Finding => ({
  ...paid(paymentId),
  paidAt: null,
  canceledAt: '2027-01-02T00:00:00.000Z',
})

const payments = ['a', 'b', 'c']

/** Given findings in the order of their arrival, the popularity and the bookings that it was made of. */
function given(findings: readonly Finding[]) {
  const bookings = new Map<string, PaidBooking>()
  let popularity = { roomId, count: 0, version: 0 }
  for (const finding of findings) {
    const before = bookings.get(finding.paymentId) ?? null
    const after = learn(before, finding)
    popularity = recount(popularity, before, after)
    bookings.set(after.paymentId, after)
  }
  return { popularity, recounted: [...bookings.values()].filter(isCounted).length }
}

describe('popularity', () => {
  it.each([
    ['paid', [paid('a')], 1, 1],
    ['paid, twice told', [paid('a'), paid('a')], 1, 1],
    ['paid and cancelled', [paid('a'), canceled('a')], 0, 2],
    ['cancelled, and only then known as paid', [canceled('a'), paid('a')], 0, 0],
    ['two paid, one cancelled', [paid('a'), paid('b'), canceled('a')], 1, 3],
  ])('%s', (_, findings, count, version) => {
    expect(given(findings).popularity).toEqual({ roomId, count, version })
  })

  it('equals a recount, and what truly happened, in whatever order and however often it is told', () => {
    const told = array(record({ kind: constantFrom(paid, canceled), of: constantFrom(...payments) }))
    assert(
      property(told, (facts) => {
        const { popularity, recounted } = given(facts.map(({ kind, of }) => kind(of)))
        const isTold = (kind: typeof paid, id: string) => facts.some((it) => it.kind === kind && it.of === id)
        const stand = payments.filter((id) => isTold(paid, id) && !isTold(canceled, id))
        expect(popularity.count).toBe(stand.length)
        expect(recounted).toBe(stand.length)
      }),
    )
  })
})
