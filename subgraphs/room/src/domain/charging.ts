import type { Money } from './offer.ts'
import type { Problem } from './refusal.ts'

/** What can be charged at once: multiples of `step` up to `largest`, in minor units. */
export type Chargeable = Readonly<{ step: number; largest: number }>

/** What the payment provider can charge in a currency; null where nothing can. */
export type Charging = (currency: string) => Chargeable | null

/** The prices of an offer, as its host says them. */
export type Prices = Readonly<{ pricePerNight: Money; cleaningFee?: Money | null }>

/** What is wrong with prices that no guest could pay: a currency or an amount that the payment provider cannot charge. */
export function problemsOfCharging({ pricePerNight, cleaningFee }: Prices, charging: Charging): Problem[] {
  const { currency } = pricePerNight
  const chargeable = charging(currency)
  if (!chargeable) {
    const message = `Payments in ${currency} cannot be taken. Give the price per night in another currency.`
    return [{ field: 'pricePerNight', message, code: 'NOT_CHARGEABLE' }]
  }
  const { largest, step } = chargeable
  const problemOf = (field: string, name: string, amount: number): Problem[] => {
    const message =
      amount > largest
        ? `The ${name} must be at most ${largest}, the most that can be charged at once.`
        : `The ${name} must be a multiple of ${step} in ${currency}, to be charged exactly.`
    return amount > largest || amount % step > 0 ? [{ field, message, code: 'NOT_CHARGEABLE' }] : []
  }
  return [
    ...problemOf('pricePerNight', 'price per night', pricePerNight.amount),
    ...(cleaningFee ? problemOf('cleaningFee', 'cleaning fee', cleaningFee.amount) : []),
  ]
}
