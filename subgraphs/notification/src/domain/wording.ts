/** An amount in the currency's minor units. */
export type Money = { readonly amount: number; readonly currency: string }

/**
 * An amount as people write it: `€75.00`, `¥7,500`, `KWD 1.234`. The number of digits is the currency's; the amount
 * never becomes a fraction in floating point.
 */
export function formatMoney({ amount, currency }: Money): string {
  const format = formatOf(currency)
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0
  const units = String(Math.abs(amount)).padStart(digits + 1, '0')
  const point = units.length - digits
  const decimal = `${amount < 0 ? '-' : ''}${units.slice(0, point)}.${units.slice(point)}0`
  return format.format(decimal as Intl.StringNumericLiteral)
}

const formats = new Map<string, Intl.NumberFormat>()

function formatOf(currency: string): Intl.NumberFormat {
  const format = formats.get(currency) ?? new Intl.NumberFormat('en', { style: 'currency', currency })
  formats.set(currency, format)
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
