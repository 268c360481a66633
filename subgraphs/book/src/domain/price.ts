import { invalid, type Money, nightsOf, type Offer, type RefusalOf, type Stay } from './stay.ts'

/** The price of a stay: lines whose amounts add up to the total. */
export type Price = {
  readonly lines: readonly PriceLine[]
  readonly total: Money
  /** What is given back must be a multiple of it, in minor units; 1 where it is missing. */
  readonly step?: number
}

export type PriceLine = {
  readonly kind: 'NIGHTS' | 'CLEANING_FEE' | 'TAX'
  readonly label: string
  readonly amount: Money
}

/** What can be charged at once: multiples of `step` up to `largest`, in minor units. */
export type Chargeable = { readonly step: number; readonly largest: number }

/** What can be charged in a currency; null where nothing can. */
export type Charging = (currency: string) => Chargeable | null

/**
 * What a stay costs by a room's present offer: nights, cleaning fee and tax on both, each rounded half up to what can be
 * charged, which is the minor unit mostly. Lines of nothing are left out. Products may pass what a number holds
 * exactly, so they are reckoned as bigints.
 */
export function priceOf(offer: Offer, stay: Stay, charging: Charging): Price | RefusalOf<'INVALID_INPUT'> {
  const { currency } = offer.pricePerNight
  const [perNight, fee] = [BigInt(offer.pricePerNight.amount), BigInt(offer.cleaningFee.amount)]
  const chargeable = charging(currency)
  if (!chargeable) return cannotBeCharged(currency)
  const { step, largest } = chargeable
  const rounded = (amount: bigint, divisor = 1n) => {
    const whole = BigInt(step) * divisor
    return ((amount + whole / 2n) / whole) * BigInt(step)
  }
  const nights = nightsOf(stay)
  const stayAmount = rounded(BigInt(nights) * perNight)
  const cleaning = rounded(fee)
  const tax = rounded((stayAmount + cleaning) * BigInt(offer.taxPartsPerMillion), 1_000_000n)
  const total = stayAmount + cleaning + tax
  if (total > largest) return tooMuchAtOnce(nights)

  const line = (kind: PriceLine['kind'], label: string, amount: bigint): PriceLine[] =>
    amount > 0n ? [{ kind, label, amount: { amount: Number(amount), currency } }] : []
  return {
    lines: [
      ...line('NIGHTS', nights === 1 ? '1 night' : `${nights} nights`, stayAmount),
      ...line('CLEANING_FEE', 'Cleaning fee', cleaning),
      ...line('TAX', `Tax ${offer.taxPartsPerMillion / 10_000} %`, tax),
    ],
    total: { amount: Number(total), currency },
    ...(step > 1 && { step }),
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

const cannotBeCharged = (currency: string) =>
  invalid(
    'roomId',
    `This room cannot be booked at the moment: its price is in ${currency}, a currency in which we cannot take payments. Choose another room.`,
    'CURRENCY_NOT_CHARGEABLE',
  )

const tooMuchAtOnce = (nights: number) =>
  invalid(
    'endDate',
    `The total exceeds the largest amount that can be charged at once. Choose ${nights > 1 ? 'fewer nights' : 'another room'}.`,
    'TOTAL_TOO_LARGE',
  )
