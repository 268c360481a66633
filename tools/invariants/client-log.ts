import { createInterface } from 'node:readline'
import { z } from 'zod'

/**
 * The last thing that a client was told about one intent: an answer that says how it ended. That something is in
 * progress, or an error, promises nothing.
 */
export type Answered =
  | { readonly kind: 'booked'; readonly guest: string; readonly key: string; readonly bookingId: string }
  | { readonly kind: 'refused'; readonly guest: string; readonly key: string; readonly code: string }
  | { readonly kind: 'canceled'; readonly bookingId: string }

const call = z.object({
  operation: z.enum(['bookRoom', 'cancelBooking']),
  guest: z.string().default(''),
  key: z.string().default(''),
  /** `__typename` of the answer; null where there was none. */
  answer: z.string().nullable(),
  bookingId: z.string().optional(),
  /** When it was sent, in milliseconds since 1970, and how long it took. */
  at: z.number().default(0),
  ms: z.number().default(0),
})
/** From when to when nothing was down but what bookings do not need. */
const isolation = z.object({ operation: z.literal('isolation'), from: z.number(), to: z.number() })
const line = z.discriminatedUnion('operation', [call, isolation])

/** A line of the log, as a client writes it. */
export type LogLine = z.input<typeof line>
export type Call = z.infer<typeof call>

/** What clients were told, as far as the invariants speak of it. */
export type Told = {
  readonly answered: readonly Answered[]
  /** Calls of bookRoom made while only that was down which bookings do not need, and those of them that failed. */
  readonly isolation: { readonly windows: number; readonly calls: number; readonly failed: readonly Call[] }
}

/** Reads a client's log: a JSON object a line, in the order in which the answers came. */
export async function readClientLog(input: NodeJS.ReadableStream): Promise<Told> {
  const lines: LogLine[] = []
  for await (const text of createInterface({ input })) {
    if (text.trim()) lines.push(JSON.parse(text))
  }
  return understand(lines)
}

/** What the lines of a log come to. */
export function understand(lines: readonly LogLine[]): Told {
  const told = lines.map((each) => line.parse(each))
  const windows = told.filter((each) => each.operation === 'isolation')
  const calls = told.filter((each) => each.operation !== 'isolation')
  const bookings = calls.filter(({ operation }) => operation === 'bookRoom')
  const isolated = bookings.filter(({ at, ms }) =>
    windows.some(({ from, to }) => at >= from && at + ms <= to),
  )
  // A map keeps the last answer of an intent.
  const last = new Map(bookings.map((each) => [intentOf(each), each.answer]))
  const failed = isolated.filter((each) => hasFailed(each, last.get(intentOf(each)) ?? null))
  return {
    answered: lastAnswers(calls),
    isolation: { windows: windows.length, calls: isolated.length, failed },
  }
}

const intentOf = ({ guest, key }: Call) => `${guest} ${key}`

/**
 * Whether a call was not answered as it should where nothing that it needs is down. In progress is a true answer, to
 * somebody who asks twice say, as long as it is not the last one.
 */
const hasFailed = ({ answer }: Call, last: string | null) =>
  answer === null || answer === 'PaymentBusy' || (answer === 'BookingInProgress' && last === answer)

function lastAnswers(calls: readonly Call[]): Answered[] {
  const last = new Map<string, Answered | null>()
  for (const { operation, guest, key, answer, bookingId = '' } of calls) {
    const intent = operation === 'bookRoom' ? `${guest} ${key}` : `cancel ${bookingId}`
    if (answer === 'BookingCanceled') last.set(intent, { kind: 'canceled', bookingId })
    // That a key was reused is said of another request, and nothing takes a booking back that was told of.
    if (operation === 'cancelBooking' || answer === 'IdempotencyKeyReused') continue
    if (answer === 'RoomBooked') last.set(intent, { kind: 'booked', guest, key, bookingId })
    else if (last.get(intent)?.kind === 'booked') continue
    else if (answer === null || answer === 'BookingInProgress') last.set(intent, null)
    else last.set(intent, { kind: 'refused', guest, key, code: answer })
  }
  return [...last.values()].filter((answered) => answered !== null)
}
