import { chargingOf } from '@myhotel/kit/charging'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aBooking, anOffer } from '../testing/examples.ts'
import { decide, evolve, refundIfCanceledNow, statusOf } from './booking.ts'
import { refundOf } from './cancellation-policy.ts'
import { priceOf, refuseChangedPrice } from './price.ts'
import { type CancellationPolicy, nightsOf, refuseStay } from './stay.ts'

const today = '2027-03-01'
const dayMs = 24 * 60 * 60 * 1000
const checkInAt = Date.parse('2027-03-10T14:00:00Z')
const stay = (startDate: string, endDate: string) => ({ startDate, endDate })

describe('a stay', () => {
  it.each([
    ['2027-03-05', '2027-03-05', 1, 'endDate'],
    ['2027-03-05', '2027-03-04', 1, 'endDate'],
    ['2027-02-28', '2027-03-02', 1, 'startDate'],
    ['2029-03-05', '2029-03-07', 1, 'startDate'],
    ['2027-03-05', '2027-03-06', 1, 'endDate'],
    ['2027-03-05', '2027-05-06', 1, 'endDate'],
    ['2027-03-05', '2027-03-08', 0, 'guests'],
    ['2027-03-05', '2027-03-08', 5, 'guests'],
  ])('from %s to %s for %i is refused for %s', (startDate, endDate, guests, field) => {
    expect(
      refuseStay(anOffer({ minNights: 2, maxNights: 30 }), stay(startDate, endDate), guests, today),
    ).toMatchObject({
      code: 'INVALID_INPUT',
      field,
    })
  })

  it.each<[object, string, string, number, string, string, string]>([
    [
      { minNights: 3 },
      '2027-03-05',
      '2027-03-07',
      1,
      'MIN_NIGHTS',
      'endDate',
      'This room is booked for at least 3 nights.',
    ],
    [
      { maxNights: 1 },
      '2027-03-05',
      '2027-03-07',
      1,
      'MAX_NIGHTS',
      'endDate',
      'This room is booked for at most 1 night.',
    ],
    [
      { capacity: 1 },
      '2027-03-05',
      '2027-03-07',
      2,
      'MAX_GUESTS',
      'guests',
      'This room is for at most 1 guest.',
    ],
    [{}, '2027-03-05', '2027-03-07', 0, 'MIN_GUESTS', 'guests', 'A stay is for at least 1 guest.'],
    [
      { bookingWindowDays: 30 },
      ...(['2027-04-01', '2027-04-03', 1, 'BOOKING_WINDOW', 'startDate'] as const),
      'This room can be booked at most 30 days ahead. The latest day of arrival is 2027-03-31.',
    ],
    [
      {},
      ...(['2027-02-28', '2027-03-02', 1, 'IN_THE_PAST', 'startDate'] as const),
      'This day has passed: at the room it is 2027-03-01. Choose that day or a later one.',
    ],
    [
      {},
      ...(['2027-03-05', '2027-03-05', 1, 'END_NOT_AFTER_START', 'endDate'] as const),
      'The end date must be after the start date.',
    ],
  ])(
    'of a room with %j from %s to %s for %i names the limit: %s',
    (limits, from, to, guests, code, field, message) => {
      expect(refuseStay(anOffer(limits), stay(from, to), guests, today)).toEqual({
        ...{ code: 'INVALID_INPUT', field, message },
        problems: [{ field, message, code }],
      })
    },
  )

  it('is told of every limit at once, the first one as the field', () => {
    const refused = refuseStay(anOffer({ minNights: 3 }), stay('2027-02-20', '2027-02-21'), 9, today)
    expect(refused?.problems.map(({ code }) => code)).toEqual(['IN_THE_PAST', 'MIN_NIGHTS', 'MAX_GUESTS'])
    expect(refused).toMatchObject({
      field: 'startDate',
      message: expect.stringContaining('at least 3 nights'),
    })
  })

  it('may start today and end after a leap day', () => {
    expect(refuseStay(anOffer({}), stay(today, '2027-03-02'), 4, today)).toBeUndefined()
    expect(nightsOf(stay('2028-02-28', '2028-03-01'))).toBe(2)
  })
})

describe('the price', () => {
  it('is nights, cleaning fee and tax on both, rounded half up, in lines that add up', () => {
    const offer = anOffer({ pricePerNight: 9_999, cleaningFee: 1_501, taxPartsPerMillion: 75_000 })
    const price = priceOf(offer, stay('2027-03-05', '2027-03-08'), chargingOf('sandbox'))
    expect(price).toMatchObject({ total: { amount: 29_997 + 1_501 + 2_362, currency: 'EUR' } })
    expect('lines' in price && price.lines.map((line) => line.amount.amount)).toEqual([29_997, 1_501, 2_362])
  })

  it('is exact where products pass what a number holds', () => {
    const offer = anOffer({
      pricePerNight: 2_750_000_000_000_001,
      cleaningFee: 3,
      taxPartsPerMillion: 82_500,
    })
    const price = priceOf(offer, stay('2027-03-05', '2027-03-08'), chargingOf('sandbox'))
    const tax = 680_625_000_000_000
    expect(price).toMatchObject({ total: { amount: 8_250_000_000_000_006 + tax } })
  })

  it.each([
    [3_002_399_751_580_330, 0, 2 ** 53 - 2],
    [3_002_399_751_580_330, 1, 2 ** 53 - 1],
    [3_002_399_751_580_330, 2, null],
    [3_002_399_751_580_331, 0, null],
    [2 ** 53 - 1, 2 ** 53 - 1, null],
  ])('of %d a night and a fee of %d is counted exactly or refused', (pricePerNight, cleaningFee, total) => {
    const price = priceOf(
      anOffer({ pricePerNight, cleaningFee }),
      stay('2027-03-05', '2027-03-08'),
      chargingOf('sandbox'),
    )
    if (total === null) expect(price).toMatchObject({ code: 'INVALID_INPUT' })
    else expect(price).toMatchObject({ total: { amount: total } })
  })

  const atStripe = (details: Parameters<typeof anOffer>[0], currency: string) => {
    const offer = anOffer(details)
    const money = ({ amount }: { amount: number }) => ({ amount, currency })
    const priced = {
      ...offer,
      pricePerNight: money(offer.pricePerNight),
      cleaningFee: money(offer.cleaningFee),
    }
    return priceOf(priced, stay('2027-03-05', '2027-03-08'), chargingOf('stripe'))
  }

  it('is charged in steps of the provider, tax too, and says so for refunds', () => {
    const price = atStripe({ pricePerNight: 1_230, cleaningFee: 110, taxPartsPerMillion: 75_000 }, 'KWD')
    expect(price).toMatchObject({ total: { amount: 3_690 + 110 + 290, currency: 'KWD' }, step: 10 })
    expect(atStripe({ pricePerNight: 1_230 }, 'EUR')).not.toHaveProperty('step')
  })

  it.each([
    ['EUR', 33_333_333, 99_999_999],
    ['EUR', 33_333_334, null],
    ['IDR', 333_333_333_333, 999_999_999_999],
    ['ISK', 333_333, 999_999],
    ['ISK', 333_334, null],
  ])(
    'in %s at %d a night is within what the provider charges at once, or refused',
    (currency, pricePerNight, total) => {
      const price = atStripe({ pricePerNight }, currency)
      if (total !== null) expect(price).toMatchObject({ total: { amount: total } })
      else
        expect(price).toMatchObject({
          code: 'INVALID_INPUT',
          field: 'endDate',
          message: expect.stringContaining(
            'The total exceeds the largest amount that can be charged at once.',
          ),
          problems: [{ code: 'TOTAL_TOO_LARGE' }],
        })
    },
  )

  it('in a currency that cannot be charged is refused in words', () => {
    expect(atStripe({}, 'IQD')).toMatchObject({
      field: 'roomId',
      problems: [{ code: 'CURRENCY_NOT_CHARGEABLE' }],
    })
  })

  it('that the guest did not see is told, in amount or currency', () => {
    const price = { lines: [], total: { amount: 100, currency: 'EUR' } }
    expect(refuseChangedPrice(price, { amount: 100, currency: 'EUR' })).toBeUndefined()
    expect(refuseChangedPrice(price, null)).toBeUndefined()
    expect(refuseChangedPrice(price, { amount: 100, currency: 'USD' })).toMatchObject({
      code: 'PRICE_CHANGED',
    })
    expect(refuseChangedPrice(price, { amount: 99, currency: 'EUR' })).toMatchObject({
      total: { amount: 100 },
    })
  })
})

describe('the refund', () => {
  const { price } = aBooking({}).terms
  const of = (policy: CancellationPolicy, daysLeft: number) =>
    refundOf({ policy, price, nights: 3, checkInAt, nightsBegun: 0 }, 'GUEST', checkInAt - daysLeft * dayMs)
      .amount

  it.each([
    ['FLEXIBLE', 1, 30_000],
    ['FLEXIBLE', 0.99, 20_000],
    ['MODERATE', 5, 30_000],
    ['MODERATE', 4.99, 15_000],
    ['STRICT', 14, 30_000],
    ['STRICT', 13.99, 15_000],
    ['STRICT', 7, 15_000],
    ['STRICT', 6.99, 0],
  ] as const)('under %s, %d days before check-in, is %i of 30,000', (policy, daysLeft, refund) => {
    expect(of(policy, daysLeft)).toBe(refund)
  })

  it.each(['HOST', 'SERVICE_CENTER', 'ROOM_DELETED'] as const)('is all when %s cancels', (by) => {
    const stay = { policy: 'STRICT', price, nights: 3, checkInAt, nightsBegun: 0 } as const
    expect(refundOf(stay, by, checkInAt - dayMs).amount).toBe(30_000)
    expect(refundOf({ ...stay, nightsBegun: 2 }, by, checkInAt + 1.5 * dayMs).amount).toBe(30_000)
  })

  it.each([
    ['FLEXIBLE', 1, 10_000],
    ['FLEXIBLE', 2, 0],
    ['FLEXIBLE', 3, 0],
    ['MODERATE', 1, 10_000],
    ['MODERATE', 2, 5_000],
    ['MODERATE', 3, 0],
    ['STRICT', 1, 0],
  ] as const)('under %s, with %i of 3 nights begun, is %i of 30,000', (policy, nightsBegun, refund) => {
    const now = checkInAt + (nightsBegun - 1) * dayMs
    expect(refundOf({ policy, price, nights: 3, checkInAt, nightsBegun }, 'GUEST', now).amount).toBe(refund)
  })

  it('after check-in keeps the cleaning fee and gives back the tax on the nights to come', () => {
    const offer = anOffer({ pricePerNight: 10_000, cleaningFee: 5_000, taxPartsPerMillion: 100_000 })
    const taxed = priceOf(offer, stay('2027-03-10', '2027-03-14'), chargingOf('sandbox'))
    if (!('lines' in taxed)) throw new Error('no price')
    const of = { policy: 'FLEXIBLE', price: taxed, nights: 4, checkInAt, nightsBegun: 1 } as const
    expect(refundOf(of, 'GUEST', checkInAt).amount).toBe(2 * 11_000)
  })

  it('is a multiple of what the provider can give back, and never more than was paid', () => {
    const amount = fc.integer({ min: 1, max: 100_000 })
    const policies = fc.constantFrom('FLEXIBLE', 'MODERATE', 'STRICT')
    const currencies = fc.constantFrom('KWD', 'MGA', 'ISK', 'EUR')
    fc.assert(
      fc.property(policies, currencies, amount, amount, fc.nat(1_000_000), (...args) => {
        const [policy, currency, pricePerNight, cleaningFee, taxPartsPerMillion] = args
        const { step = 1 } = chargingOf('stripe')(currency) ?? {}
        const offer = anOffer({
          pricePerNight: pricePerNight * step,
          cleaningFee: cleaningFee * step,
          taxPartsPerMillion,
        })
        const inCurrency = { amount: offer.pricePerNight.amount, currency }
        const nights = stay('2027-03-10', '2027-03-13')
        const price = priceOf({ ...offer, pricePerNight: inCurrency }, nights, chargingOf('stripe'))
        if (!('lines' in price)) return
        for (let day = -20; day <= 3; day += 1) {
          const nightsBegun = Math.min(3, Math.max(0, day + 1))
          const refundable = { policy, price, nights: 3, checkInAt, nightsBegun }
          const refund = refundOf(refundable, 'GUEST', checkInAt + day * dayMs).amount
          expect(refund % step).toBe(0)
          expect(refund).toBeGreaterThanOrEqual(0)
          expect(refund).toBeLessThanOrEqual(price.total.amount)
        }
      }),
    )
  })

  it('never grows as time passes, under any policy and price', () => {
    const policies = ['FLEXIBLE', 'MODERATE', 'STRICT'] as const
    const amount = fc.nat(1_000_000)
    fc.assert(
      fc.property(
        fc.constantFrom(...policies),
        fc.integer({ min: 1, max: 40 }),
        // No room is offered for nothing.
        fc.integer({ min: 1, max: 1_000_000 }),
        amount,
        amount,
        (...[policy, nights, pricePerNight, cleaningFee, taxPartsPerMillion]) => {
          const offer = anOffer({
            pricePerNight,
            cleaningFee,
            taxPartsPerMillion: taxPartsPerMillion % 1_000_001,
          })
          const days = stay('2027-03-10', new Date(Date.UTC(2027, 2, 10 + nights)).toISOString().slice(0, 10))
          const some = priceOf(offer, days, chargingOf('sandbox'))
          if (!('lines' in some)) return
          const at = (day: number) => {
            const nightsBegun = Math.min(nights, Math.max(0, day + 1))
            const refundable = { policy, price: some, nights, checkInAt, nightsBegun }
            return refundOf(refundable, 'GUEST', checkInAt + day * dayMs).amount
          }
          for (let day = -20; day <= nights; day += 1) {
            expect(at(day)).toBeGreaterThanOrEqual(0)
            expect(at(day)).toBeLessThanOrEqual(at(day - 1))
          }
        },
      ),
    )
  })
})

describe('a booking', () => {
  const at = { now: checkInAt - 30 * dayMs, today, checkInAt, nightsBegun: 0 }
  const command = { ...at, canceledBy: 'GUEST', reason: 'ill' } as const

  it('is cancelled once: the second time nothing happens', () => {
    const event = decide(command, aBooking({}))
    if (typeof event !== 'object' || !('cancellation' in event)) throw new Error('not cancelled')
    const canceled = evolve(aBooking({}), event)
    expect(canceled).toMatchObject({
      status: 'CANCELED',
      version: 2,
      cancellation: { refund: { amount: 30_000 } },
    })
    expect(decide(command, canceled)).toBe('already')
    expect(refundIfCanceledNow(canceled, at)).toBeNull()
  })

  it('that is over is completed and cannot be cancelled', () => {
    const after = { ...at, today: '2027-03-13' }
    expect(statusOf(aBooking({}), '2027-03-12')).toBe('BOOKED')
    expect(statusOf(aBooking({}), after.today)).toBe('COMPLETED')
    expect(decide({ ...command, ...after }, aBooking({}))).toMatchObject({ code: 'NOT_CANCELABLE' })
    expect(refundIfCanceledNow(aBooking({}), after)).toBeNull()
  })
})
