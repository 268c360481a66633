const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** An id that nothing has. */
export const NO_SUCH_ID = '00000000-0000-0000-0000-000000000000'

/**
 * The id of a room, booking, payment, notification or complaint as it is stored: a UUID in lower case. Upper case is
 * accepted; every other text, also another spelling of a UUID (braces, `urn:uuid:`, without dashes), is the id of
 * nothing: null. The ids of users are the issuer's and are not looked into.
 */
export function canonicalId(text: string): string | null {
  return uuid.test(text) ? text.toLowerCase() : null
}

/** As `canonicalId`, for a query that finds nothing by an id that nothing has. */
export const idOrNone = (text: string): string => canonicalId(text) ?? NO_SUCH_ID

/** The least id that is made (UUID version 7) at an instant, milliseconds since the epoch. */
export function firstIdOf(instant: number): string {
  const hex = Math.max(0, Math.floor(instant)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

/** Those of these texts that can be ids, in their canonical form. */
export const canonicalIds = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => canonicalId(text) ?? [])
