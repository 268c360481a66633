import { z } from 'zod'

/** An amount in the currency's minor units with its ISO 4217 code. */
export const money = z.object({ amount: z.int(), currency: z.string().length(3) })

/** A calendar date, `2027-02-28`, in the room's time zone. */
export const calendarDate = z.iso.date()

/** An instant in UTC, `2027-02-28T12:00:00.000Z`. */
export const instant = z.iso.datetime()

export const cancellationPolicy = z.enum(['FLEXIBLE', 'MODERATE', 'STRICT'])

/**
 * Text that one person wrote to another. Events are kept for ever, so it stays with its owner, where it can be erased:
 * whatever is given, an empty text is published. The field remains because readers of earlier versions require it.
 */
export const withheldText = z
  .unknown()
  .prefault('')
  .transform((): '' => '')
  .pipe(z.literal(''))

/** Like `withheldText`, where the text was optional. */
export const withheldOptionalText = z
  .unknown()
  .prefault(null)
  .transform((): null => null)
  .pipe(z.null())

export const priceLine = z.object({
  kind: z.enum(['NIGHTS', 'CLEANING_FEE', 'TAX']),
  label: z.string(),
  amount: money,
})
