import * as iso from 'dinero.js/currencies'

/**
 * Decimals between a currency's unit and its minor unit, by ISO 4217: what amounts count. Display conventions
 * (`Intl`) differ: they show no fillér of a forint, which is money none the less. Codes without a minor unit (gold,
 * testing, "no currency") and withdrawn ones are not among them.
 *
 * The library counts ariary and ouguiya in fifths, as they are coined; ISO 4217 gives both two decimals.
 */
const decimals: ReadonlyMap<string, number> = new Map(
  Object.values(iso).map(({ code, base, exponent }) => [code, base === 10 ? exponent : 2]),
)

/** The codes in which amounts are accepted, in upper case. */
export const currencyCodes: readonly string[] = [...decimals.keys()].sort()

/** Whether amounts of this currency are accepted. */
export const isCurrency = (code: string): boolean => decimals.has(code)

/**
 * How many decimals an amount of minor units has: 2 for EUR, 0 for JPY, 3 for KWD. Amounts that were stored in a code
 * that is accepted no longer keep the digits that they were shown with.
 */
export function decimalsOf(currency: string): number {
  const known = decimals.get(currency)
  if (known !== undefined) return known
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.resolvedOptions().maximumFractionDigits ?? 0
}

/** An amount of minor units as a decimal number in text, exactly: 1250 EUR is `12.50`, -5 is `-0.05`. */
export function toDecimal(amount: number, currency: string): string {
  const digits = decimalsOf(currency)
  const units = String(Math.abs(amount)).padStart(digits + 1, '0')
  const point = units.length - digits
  const sign = amount < 0 ? '-' : ''
  return digits === 0 ? sign + units : `${sign}${units.slice(0, point)}.${units.slice(point)}`
}

/** Resolvers of the fields of Money that follow from the others. */
export const moneyFields = { decimals: ({ currency }: { currency: string }) => decimalsOf(currency) }
