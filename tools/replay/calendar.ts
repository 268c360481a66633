/** A calendar date as the number of days since 1970-01-01. */
export type Day = number

const dayMs = 86_400_000

export const dayOf = (year: number, month: number, day: number): Day => Date.UTC(year, month - 1, day) / dayMs

/** `2027-02-28` */
export const toDate = (day: Day): string => new Date(day * dayMs).toISOString().slice(0, 10)

export const today = (): Day => Math.floor(Date.now() / dayMs)

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
]

/** The day of a year, an English month name and a day of the month; null where there is no such day. */
export function readArrival(year: string, month: string, day: string): Day | null {
  return checked(Number(year), months.indexOf(month) + 1, Number(day))
}

/** `2015-07-01`, or `7/1/2015` as spreadsheets write it; null for anything else. */
export function readDate(text: string): Day | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  if (year) return checked(Number(year), Number(month), Number(day))
  const [, americanMonth, americanDay, americanYear] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? []
  return checked(Number(americanYear), Number(americanMonth), Number(americanDay))
}

function checked(year: number, month: number, day: number): Day | null {
  const found = dayOf(year, month, day)
  const date = new Date(found * dayMs)
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? found
    : null
}
