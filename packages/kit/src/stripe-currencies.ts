import { isCurrency } from './currency.ts'

// What Stripe charges, and in which units: docs.stripe.com/currencies, "Supported currencies" (presentment currencies,
// zero-decimal, three-decimal, special cases, minimum and maximum charges). Stripe's units are not ISO 4217's.

/** Presentment currencies. Those that ISO 4217 has withdrawn are left out. */
const charged = `
  AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP
  CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD
  JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN
  NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS
  TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW`

/** Without decimals at Stripe; UGX is among them in Stripe's list, but also one of its special cases. */
const zeroDecimal = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))

/** Special cases: whole units only, but counted in hundredths, for the sake of what was built before. */
const wholeInHundredths = new Set(['ISK', 'UGX'])

/** The last of three decimals has to be 0. */
const threeDecimal = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND'])

/** Eight digits at most, of Stripe's own units; twelve for rupiah. */
const largest = (code: string) => (code === 'IDR' ? 999_999_999_999 : 99_999_999)

/** How Stripe counts a currency. */
export type StripeCurrency = {
  /** Decimals of Stripe's unit. */
  readonly decimals: number
  /** Amounts in Stripe's units must be multiples of it. */
  readonly step: number
  /** The largest charge, in Stripe's units. */
  readonly largest: number
}

function stripeCurrency(code: string): StripeCurrency {
  if (zeroDecimal.has(code)) return { decimals: 0, step: 1, largest: largest(code) }
  if (wholeInHundredths.has(code)) return { decimals: 2, step: 100, largest: largest(code) }
  if (threeDecimal.has(code)) return { decimals: 3, step: 10, largest: largest(code) }
  return { decimals: 2, step: 1, largest: largest(code) }
}

/** What Stripe can charge, by code; it is nothing of any other currency. */
export const stripeCurrencies: ReadonlyMap<string, StripeCurrency> = new Map(
  charged
    .trim()
    .split(/\s+/)
    .filter(isCurrency)
    .map((code) => [code, stripeCurrency(code)]),
)
