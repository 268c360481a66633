import { decimalsOf } from '@myhotel/kit/currency'
import { stripeCurrencies } from '@myhotel/kit/stripe-currencies'

/** An amount in Stripe's units for one in minor units of ISO 4217, or null where Stripe cannot represent it. */
export function toStripeAmount(amount: number, currency: string): number | null {
  const stripe = stripeCurrencies.get(currency)
  if (!stripe) return null
  const units = scaled(amount, stripe.decimals - decimalsOf(currency))
  return units !== null && units % stripe.step === 0 && Math.abs(units) <= stripe.largest ? units : null
}

/** The amount in minor units of ISO 4217 for one in Stripe's units, or null where there is none. */
export function fromStripeAmount(units: number, currency: string): number | null {
  const stripe = stripeCurrencies.get(currency)
  return stripe ? scaled(units, decimalsOf(currency) - stripe.decimals) : null
}

/** `amount * 10^by`, or null where that is no integer that a number holds. */
function scaled(amount: number, by: number): number | null {
  const factor = 10n ** BigInt(Math.abs(by))
  const exact = by < 0 ? BigInt(amount) / factor : BigInt(amount) * factor
  if (by < 0 && BigInt(amount) % factor !== 0n) return null
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : null
}
