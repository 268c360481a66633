import type { Money, Offer } from './offer.ts'
import { type InvalidInput, invalid } from './refusal.ts'

/** What can be charged at once: multiples of `step` up to `largest`, in minor units. */
export type Chargeable = Readonly<{ step: number; largest: number }>

/** What the payment provider can charge in a currency; null where nothing can. */
export type Charging = (currency: string) => Chargeable | null

/** Refuses prices that no guest could pay: of a currency or an amount that the payment provider cannot charge. */
export function refuseUnchargeable(offer: Offer, charging: Charging): InvalidInput | undefined {
  const { pricePerNight, cleaningFee } = offer
  const chargeable = charging(pricePerNight.currency)
  if (!chargeable) {
    return invalid(
      'pricePerNight',
      `must be in another currency: payments in ${pricePerNight.currency} cannot be taken`,
    )
  }
  const flawOf = ({ amount, currency }: Money) => {
    if (amount > chargeable.largest)
      return `must be at most ${chargeable.largest}, the most that can be charged at once`
    if (amount % chargeable.step > 0)
      return `must be a multiple of ${chargeable.step} in ${currency}, to be charged exactly`
    return undefined
  }
  for (const [field, money] of Object.entries({ pricePerNight, cleaningFee })) {
    const flaw = flawOf(money)
    if (flaw) return invalid(field, flaw)
  }
  return undefined
}
