import type { Event } from '../views/project.ts'
import type { Fields, Range, Write } from '../views/write.ts'

/** An event as it was published. */
export type Published = Event & {
  readonly id: string
  readonly aggregateId: string
  /** Position among the events of its aggregate, from 1 without gaps. */
  readonly version: number
  /** When it happened, ISO 8601. */
  readonly time: string
}

/** A message of a stream; `envelope` is null where it cannot be read as an event. */
export type Message = {
  readonly envelope: Published | null
  readonly subject: string
  readonly body: string
  /** Position in the stream. */
  readonly sequence: number
  /** How many are stored after it. */
  readonly pending: number
}

/** What is published, from the beginning. */
export type Streams = {
  /** Hands over all messages of a context that are stored now, one after another. */
  replay(context: string, onMessage: (message: Message) => Promise<void> | void): Promise<unknown>
}

/** An aggregate's move to its next version, with what that changes. */
export type Step = {
  /** `book.<id>` */
  readonly aggregate: string
  readonly version: number
  /** When it happened, in milliseconds since 1970. */
  readonly at: number
  readonly writes: readonly Write[]
}

/**
 * What became of a step: `applied`; `seen` before; `early`, as an earlier one of its aggregate is missing;
 * `absent`, as there is no page: whoever builds one will read the event from the stream.
 */
export type Outcome = 'applied' | 'seen' | 'early' | 'absent'

/** The store of My Page, for writing. It is held in generations: one is read, another may be under construction. */
export type PageStore = {
  /**
   * Applies a step to the active generation and to the one under construction, each as a whole or not at all. An
   * early one is set aside with `keepEarly`, and applied as soon as the missing one has been.
   */
  apply(step: Step, keepEarly: boolean): Promise<Outcome>
  /** Begins a new generation, or null while somebody else builds one. */
  begin(): Promise<Construction | null>
  state(): Promise<StoreState>
  /** Notes that the active generation is right although the store was restarted. */
  accept(): Promise<void>
  /** Removes generations that nobody reads or builds. */
  sweep(): Promise<void>
}

export type StoreState = {
  /** Whether there is a generation to read. */
  readonly built: boolean
  /** The store was restarted since the active generation was begun: it may have lost the last writes. */
  readonly restarted: boolean
  /** Whether `sweep` has something to do. */
  readonly leftovers: boolean
}

/** A generation under construction. Any call throws once another one has been begun or the store was emptied. */
export type Construction = {
  /** Applies steps, setting early ones aside. */
  fill(steps: readonly Step[]): Promise<void>
  /** How many aggregates the active generation knows at a version that this one has not reached. */
  missing(): Promise<number>
  /** Makes it the active generation, in one moment. */
  activate(): Promise<void>
  abandon(): Promise<void>
}

/** Events that cannot be used, kept for a person to look at. */
export type DeadLetters = {
  bury(message: Message, error: string): Promise<void>
  /** Ids of all letters. */
  ids(): Promise<string[]>
  remove(ids: readonly string[]): Promise<void>
  /** Whether a person asked for another try, since this was called last. */
  takeRetryRequest(): Promise<boolean>
}

/** An entry of a list with the record that it names. */
export type Row = {
  readonly id: string
  /** Its place in the list, in milliseconds since 1970. */
  readonly at: number
  readonly record: Fields
  /** For rooms: how many stays are not over. */
  readonly stays: number
}

/** A page of a range: what comes after an entry. */
export type Slice = { readonly limit: number; readonly after: { at: number; id: string } | null }

/** My Page, for reading. Every call throws `Unavailable` while there is no generation to read. */
export type Pages = {
  /** Time of the newest event applied, and the versions (0 for none) that these aggregates have here. */
  progress(aggregates: readonly string[]): Promise<{ asOf: number; versions: number[] }>
  count(list: string): Promise<number>
  bookings(range: Range, slice: Slice): Promise<{ total: number; rows: Row[] }>
  rooms(range: Range, slice: Slice, now: number): Promise<{ total: number; rows: Row[] }>
}

/** My Page cannot be read now, and must not look empty. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

export type Clock = { now(): number; pause(ms: number): Promise<void> }
