import { invalid, type Money, nightsOf, type Offer, type RefusalOf, type Stay } from './stay.ts'

/** The price of a stay: lines whose amounts add up to the total. */
export type Price = { readonly lines: readonly PriceLine[]; readonly total: Money }

export type PriceLine = {
  readonly kind: 'NIGHTS' | 'CLEANING_FEE' | 'TAX'
  readonly label: string
  readonly amount: Money
}

/** GraphQL's Int, in which the API gives amounts. */
const largestAmount = 2 ** 31 - 1

/**
 * What a stay costs by a room's present offer: nights, cleaning fee and tax on both, the tax rounded half up to
 * the minor unit. Lines of nothing are left out.
 */
export function priceOf(offer: Offer, stay: Stay): Price | RefusalOf<'INVALID_INPUT'> {
  const { currency } = offer.pricePerNight
  const nights = nightsOf(stay)
  const stayAmount = nights * offer.pricePerNight.amount
  const cleaning = offer.cleaningFee.amount
  const tax = Math.floor(((stayAmount + cleaning) * offer.taxBasisPoints + 5_000) / 10_000)
  const total = stayAmount + cleaning + tax
  if (total > largestAmount) return invalid('endDate', 'a stay so long and dear cannot be booked at once')

  const line = (kind: PriceLine['kind'], label: string, amount: number): PriceLine[] =>
    amount > 0 ? [{ kind, label, amount: { amount, currency } }] : []
  return {
    lines: [
      ...line('NIGHTS', nights === 1 ? '1 night' : `${nights} nights`, stayAmount),
      ...line('CLEANING_FEE', 'Cleaning fee', cleaning),
      ...line('TAX', `Tax ${offer.taxBasisPoints / 100} %`, tax),
    ],
    total: { amount: total, currency },
  }
}

/** The guest saw another total than the present one. */
export function refuseChangedPrice(
  price: Price,
  expected: Money | null,
): RefusalOf<'PRICE_CHANGED'> | undefined {
  if (!expected) return
  if (expected.amount === price.total.amount && expected.currency === price.total.currency) return
  return { code: 'PRICE_CHANGED', message: 'the price has changed since you saw it', total: price.total }
}
