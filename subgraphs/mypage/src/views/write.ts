/** Fields of a record; all values are text, as the store keeps them. */
export type Fields = Readonly<Record<string, string>>

/**
 * A small change to the page. Each may be made twice without harm, and no two kinds of aggregate write the same
 * field or list entry: so events of different aggregates may come in any order.
 */
export type Write =
  | { readonly kind: 'set'; readonly record: string; readonly fields: Fields }
  | { readonly kind: 'put'; readonly list: string; readonly id: string; readonly at: number }
  | { readonly kind: 'drop'; readonly list: string; readonly id: string }

/** Gives fields of a record these values; the others stay. */
export const set = (record: string, fields: Fields): Write => ({ kind: 'set', record, fields })

/** Puts an id into a list that is ordered by time, in milliseconds since 1970, and then by id. */
export const put = (list: string, id: string, at: number): Write => ({ kind: 'put', list, id, at })

/** Takes an id out of a list. */
export const drop = (list: string, id: string): Write => ({ kind: 'drop', list, id })

/** An instant, ISO 8601, as the time by which lists are ordered. */
export const timeOf = (instant: string): number => Date.parse(instant)

/** A part of a list: the entries later than one time (without it) up to another (with it). */
export type Range = {
  readonly list: string
  readonly latestFirst: boolean
  readonly later?: number
  readonly notLater?: number
}
