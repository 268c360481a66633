import { decimalsOf, isCurrency } from './currency.ts'
import { largestMinorUnits } from './minor-units.ts'
import { stripeCurrencies } from './stripe-currencies.ts'

/** What can be charged at once in a currency, in its minor units by ISO 4217. */
export type Chargeable = {
  /** Amounts are multiples of it: 1 mostly, 10 for dinars with three decimals at Stripe. */
  readonly step: number
  readonly largest: number
}

/** What can be charged in a currency; null where nothing can. */
export type Charging = (currency: string) => Chargeable | null

/** The payment providers that payment has an adapter for. */
export const paymentProviders = ['sandbox', 'stripe'] as const

export type PaymentProvider = (typeof paymentProviders)[number]

/**
 * What a payment provider can charge. Room and book know it without asking payment, as which provider it is, is a
 * setting of the whole system: rooms are registered and prices are quoted while payment is away.
 */
export const chargingOf = (provider: PaymentProvider): Charging => byProvider[provider]

const byProvider: Record<PaymentProvider, Charging> = {
  sandbox: (currency) => (isCurrency(currency) ? { step: 1, largest: largestMinorUnits } : null),
  stripe: (currency) => stripeChargeable.get(currency) ?? null,
}

const stripeChargeable: ReadonlyMap<string, Chargeable> = new Map(
  [...stripeCurrencies].map(([code, currency]) => {
    const more = decimalsOf(code) - currency.decimals
    const factor = 10 ** Math.abs(more)
    // Where Stripe has more decimals than ISO 4217, its steps make up for them.
    const step = more >= 0 ? currency.step * factor : Math.ceil(currency.step / factor)
    const largest = more >= 0 ? currency.largest * factor : Math.floor(currency.largest / factor)
    return [code, { step, largest: largest - (largest % step) }]
  }),
)
