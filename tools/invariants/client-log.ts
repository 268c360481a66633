import { createReadStream } from 'node:fs'
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

const line = z.object({
  operation: z.enum(['bookRoom', 'cancelBooking']),
  guest: z.string().default(''),
  key: z.string().default(''),
  /** `__typename` of the answer; null where there was none. */
  answer: z.string().nullable(),
  bookingId: z.string().optional(),
})

/** Reads a client's log: a JSON object a line, in the order in which the answers came. */
export async function readClientLog(path: string): Promise<Answered[]> {
  const last = new Map<string, Answered | null>()
  for await (const text of createInterface({ input: createReadStream(path) })) {
    if (!text.trim()) continue
    const { operation, guest, key, answer, bookingId } = line.parse(JSON.parse(text))
    if (operation === 'cancelBooking') {
      if (answer === 'BookingCanceled' && bookingId)
        last.set(`cancel ${bookingId}`, { kind: 'canceled', bookingId })
      continue
    }
    const intent = `${guest} ${key}`
    if (answer === 'RoomBooked' && bookingId) last.set(intent, { kind: 'booked', guest, key, bookingId })
    else if (answer === null || answer === 'BookingInProgress') last.set(intent, last.get(intent) ?? null)
    else if (last.get(intent)?.kind !== 'booked')
      last.set(intent, { kind: 'refused', guest, key, code: answer })
  }
  return [...last.values()].filter((answered) => answered !== null)
}
