import { invalid, type Money, nightsOf, type Offer, type RefusalOf, type Stay } from './stay.ts'

/** The price of a stay: lines whose amounts add up to the total. */
export type Price = { readonly lines: readonly PriceLine[]; readonly total: Money }

export type PriceLine = {
  readonly kind: 'NIGHTS' | 'CLEANING_FEE' | 'TAX'
  readonly label: string
  readonly amount: Money
}

/** Beyond it an amount is not exact as a JSON number. */
const largestAmount = Number.MAX_SAFE_INTEGER

/**
 * What a stay costs by a room's present offer: nights, cleaning fee and tax on both, the tax rounded half up to
 * the minor unit. Lines of nothing are left out. Products may pass what a number holds exactly, so they are reckoned as
 * bigints.
 */
export function priceOf(offer: Offer, stay: Stay): Price | RefusalOf<'INVALID_INPUT'> {
  const { currency } = offer.pricePerNight
  const nights = nightsOf(stay)
  const stayAmount = BigInt(nights) * BigInt(offer.pricePerNight.amount)
  const cleaning = BigInt(offer.cleaningFee.amount)
  const tax = ((stayAmount + cleaning) * BigInt(offer.taxBasisPoints) + 5_000n) / 10_000n
  const total = stayAmount + cleaning + tax
  if (total > largestAmount) return invalid('endDate', 'a stay so long and dear cannot be booked at once')

  const line = (kind: PriceLine['kind'], label: string, amount: bigint): PriceLine[] =>
    amount > 0n ? [{ kind, label, amount: { amount: Number(amount), currency } }] : []
  return {
    lines: [
      ...line('NIGHTS', nights === 1 ? '1 night' : `${nights} nights`, stayAmount),
      ...line('CLEANING_FEE', 'Cleaning fee', cleaning),
      ...line('TAX', `Tax ${offer.taxBasisPoints / 100} %`, tax),
    ],
    total: { amount: Number(total), currency },
  }
}

/** The guest saw another total than the present one. */
export function refuseChangedPrice(
  price: Price,
  expected: Money | null,
): RefusalOf<'PRICE_CHANGED'> | undefined {
  if (!expected) return
  if (expected.amount === price.total.amount && expected.currency === price.total.currency) return
  return { code: 'PRICE_CHANGED', message: 'The price has changed since you saw it.', total: price.total }
}
