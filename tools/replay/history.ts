import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { type Day, readArrival, readDate } from './calendar.ts'

/** A booking as a row of the file tells it. */
export type PastBooking = {
  /** Where it stands in the file; the heading is line 1. */
  line: number
  /** Hotel and type of the room that was reserved, `Resort Hotel A`. */
  roomType: string
  bookedOn: Day
  arrival: Day
  nights: number
  /** Adults and children; babies do not count. */
  guests: number
  /** Average daily rate, in cents. */
  rate: number
  /** When it was cancelled, or the guest did not come; null where the guest stayed. */
  canceledOn: Day | null
}

/** What the stay cost, in cents. */
export const totalOf = ({ rate, nights }: PastBooking) => rate * nights

/** Why a line is left out. */
export type Nonsense = 'no nights' | 'no guests' | 'no rate' | 'unreadable'

export type History = {
  rows: number
  bookings: PastBooking[]
  /** The lines that make no sense. */
  nonsense: Record<Nonsense, number[]>
}

const columns = [
  ...['hotel', 'lead_time', 'arrival_date_year', 'arrival_date_month', 'arrival_date_day_of_month'],
  ...['stays_in_weekend_nights', 'stays_in_week_nights', 'adults', 'children', 'reserved_room_type', 'adr'],
  ...['reservation_status', 'reservation_status_date'],
] as const
type Row = Partial<Record<(typeof columns)[number], string>>

/**
 * Reads a booking history in the format of the "hotel booking demand" data set, the first `mostRows` rows of it.
 *
 * @throws in a sentence when it is no such file; single lines that make no sense are named in the result instead
 */
export async function readHistory(file: string, mostRows = Number.POSITIVE_INFINITY): Promise<History> {
  const broken: number[] = []
  const lines = parse(await readFile(file), {
    bom: true,
    columns: checkHeading,
    info: true,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      broken.push(Number(error?.lines))
    },
  }) as unknown as { record: Row; info: { lines: number } }[]
  const rows = [
    ...lines.map(({ record, info }) => ({ line: info.lines, read: readRow(record, info.lines) })),
    ...broken.map((line) => ({ line, read: 'unreadable' as const })),
  ]
    .sort((a, b) => a.line - b.line)
    .slice(0, mostRows)

  const nonsense: History['nonsense'] = { 'no nights': [], 'no guests': [], 'no rate': [], unreadable: [] }
  const bookings: PastBooking[] = []
  for (const { line, read } of rows) {
    if (typeof read === 'string') nonsense[read].push(line)
    else bookings.push(read)
  }
  return { rows: rows.length, bookings, nonsense }
}

function checkHeading(heading: string[]): string[] {
  const missing = columns.filter((column) => !heading.includes(column))
  if (missing.length === 0) return heading
  throw new Error(`This is no booking history: there is no column ${missing.join(', ')}.`)
}

function readRow(row: Row, line: number): PastBooking | Nonsense {
  const leadTime = count(row.lead_time)
  const arrival = readArrival(
    row.arrival_date_year ?? '',
    row.arrival_date_month ?? '',
    row.arrival_date_day_of_month ?? '',
  )
  const nights = sum(count(row.stays_in_weekend_nights), count(row.stays_in_week_nights))
  // The data set writes NA where nobody noted the children.
  const guests = sum(count(row.adults), count(row.children === 'NA' ? '0' : row.children))
  const rate = cents(row.adr)
  const statusDate = readDate(row.reservation_status_date ?? '')
  const stayed = row.reservation_status === 'Check-Out'
  const known = stayed || row.reservation_status === 'Canceled' || row.reservation_status === 'No-Show'
  if (!row.hotel || !row.reserved_room_type || !known) return 'unreadable'
  if (leadTime === null || arrival === null || nights === null || guests === null || rate === null)
    return 'unreadable'
  if (statusDate === null) return 'unreadable'
  if (nights === 0) return 'no nights'
  if (guests === 0) return 'no guests'
  if (rate <= 0) return 'no rate'
  const bookedOn = arrival - leadTime
  return {
    line,
    roomType: `${row.hotel} ${row.reserved_room_type}`,
    bookedOn,
    arrival,
    nights,
    guests,
    rate,
    canceledOn: stayed ? null : Math.max(statusDate, bookedOn),
  }
}

const count = (text = '') => (/^\d{1,6}(\.0+)?$/.test(text) ? Number(text) : null)
const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b)

/** Euro with decimals as cents, without a detour by floating point. */
function cents(text = ''): number | null {
  const [, sign, euro, decimals = ''] = /^(-?)(\d{1,7})(?:\.(\d{1,6}))?$/.exec(text) ?? []
  if (!euro) return null
  const amount = Number(euro) * 100 + Number(decimals.padEnd(2, '0').slice(0, 2))
  return sign ? -amount : amount
}
