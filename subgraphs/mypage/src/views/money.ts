/** An amount in the currency's minor units with its ISO 4217 code. */
export type Money = { readonly amount: number; readonly currency: string }

/** `12500 EUR`, as records hold it. */
export const toText = ({ amount, currency }: Money): string => `${amount} ${currency}`

/** Reads what `toText` wrote. */
export function toMoney(text: string): Money {
  const [amount = '', currency = ''] = text.split(' ')
  return { amount: Number(amount), currency }
}
