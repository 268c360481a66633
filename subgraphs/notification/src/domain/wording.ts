/** An amount in the currency's minor units, of which `decimals` stand behind the point. */
export type Money = { readonly amount: number; readonly currency: string; readonly decimals: number }

/**
 * An amount as people write it: `€75.00`, `¥7,500`, `HUF 25,000.00`. It never becomes a fraction in floating point:
 * the formatter takes a decimal number as text.
 */
export function formatMoney({ amount, currency, decimals }: Money): string {
  const units = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const point = units.length - decimals
  const decimal = `${amount < 0 ? '-' : ''}${units.slice(0, point)}.${units.slice(point)}0`
  const text = formatOf(currency, decimals).format(decimal as Intl.StringNumericLiteral)
  // A code is set off by a space that does not break, which no search for "HUF 25,000.00" finds.
  return text.replaceAll('\u00a0', ' ')
}

const formats = new Map<string, Intl.NumberFormat>()

function formatOf(currency: string, decimals: number): Intl.NumberFormat {
  const key = `${currency} ${decimals}`
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const format = formats.get(key) ?? new Intl.NumberFormat('en', { style: 'currency', currency, ...digits })
  formats.set(key, format)
  return format
}

const longDate = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
})

/** A calendar date, `2027-02-28`, in words: `Sunday 28 February 2027`. */
export function formatDate(date: string): string {
  return longDate.format(new Date(`${date}T00:00:00Z`)).replace(',', '')
}

const regions = new Intl.DisplayNames('en', { type: 'region' })

/** The English name of a country given by its code; what earlier bookings have, the words of the host, stays. */
export function countryName(country: string): string {
  return /^[A-Z]{2}$/.test(country) ? (regions.of(country) ?? country) : country
}

/** Number of nights from the first date to the last, of which the night is not part. */
export function nightsBetween(startDate: string, endDate: string): number {
  return Math.round((Date.parse(endDate) - Date.parse(startDate)) / 86_400_000)
}

/** `1 night`, `3 nights`. */
export function counted(count: number, singular: string): string {
  return `${count} ${count === 1 ? singular : `${singular}s`}`
}

// Control characters, line separators, and marks that change the direction of the text around them. Marks that only
// say which way their neighbours are read (U+200E, U+200F) belong to Arabic and Hebrew names and stay.
const disturbing = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu

/** The longest name of a room, in characters: it is never shortened. */
const longestName = 200

/**
 * What users typed, on one line: a space in place of each control character and each mark that turns the text around,
 * everything else as it was typed. What the room subgraph accepts as a name stays as it is.
 */
export function oneLine(text: string, longest = longestName): string {
  return shortened(text.replace(disturbing, ' ').trim(), longest)
}

function shortened(text: string, longest: number): string {
  const characters = [...text]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text
}
