import { Temporal } from 'temporal-polyfill'

/** The calendar date, `2027-02-28`, that it is at `instant` in a time zone. */
export function dateIn(timeZone: string, instant: Date): string {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString()
}

/**
 * The instant of a local wall-clock time in a time zone. A time that a clock change skips is moved on by the gap,
 * one that occurs twice is the earlier (Temporal's "compatible").
 */
export function instantAt(date: string, time: string, timeZone: string): Date {
  const zoned = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timeZone)
  return new Date(zoned.epochMilliseconds)
}

const usable = new Set<string>()

/**
 * Whether everything that counts with time zones takes this name: Temporal, which the functions above use, and Intl. What
 * only one of them knows (`JST`), and offsets, of which not all mean the same, are no time zones.
 */
export function isUsableTimeZone(name: string): boolean {
  if (usable.has(name)) return true
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    return false
  }
  usable.add(name)
  return true
}
