import { BookCanceled, Booked } from '@myhotel/contracts/book'
import type { EventContract } from '@myhotel/contracts/event'
import { BookCounted } from '@myhotel/contracts/marketing'
import { NotificationRead, NotificationSent } from '@myhotel/contracts/notification'
import { PaymentApproved, PaymentCanceled } from '@myhotel/contracts/payment'
import { RoomChanged, RoomDeleted, RoomRegistered } from '@myhotel/contracts/room'
import { ComplaintClosed, ComplaintFiled } from '@myhotel/contracts/servicecenter'
import { bookCanceled, booked, paymentApproved, paymentCanceled } from './bookings.ts'
import { complaintClosed, complaintFiled, notificationRead, notificationSent } from './notices.ts'
import { bookCounted, roomDeleted, roomOffered } from './rooms.ts'
import type { Fields, Write } from './write.ts'

/** When a calendar date begins in a time zone, in milliseconds since 1970. */
export type StartOfDay = (date: string, timeZone: string) => number

/** What a view needs to know of an event that was published. */
export type Event = { readonly context: string; readonly type: string; readonly data: unknown }

type Rule = { readonly contract: EventContract; write(data: unknown, startOfDay: StartOfDay): Write[] }

/** All that My Page knows of, event by event. */
const rules: readonly Rule[] = [
  on(RoomRegistered, roomOffered),
  on(RoomChanged, roomOffered),
  on(RoomDeleted, roomDeleted),
  on(Booked, (event, startOfDay) => booked(event, startOfDay(event.endDate, event.timeZone))),
  on(BookCanceled, bookCanceled),
  on(PaymentApproved, paymentApproved),
  on(PaymentCanceled, paymentCanceled),
  on(BookCounted, bookCounted),
  on(NotificationSent, notificationSent),
  on(NotificationRead, notificationRead),
  on(ComplaintFiled, complaintFiled),
  on(ComplaintClosed, complaintClosed),
]

/** The contexts whose events My Page follows. */
export const contexts: readonly string[] = [...new Set(rules.map(({ contract }) => contract.context))]

function on<Data>(
  contract: EventContract<string, Data>,
  write: (event: Data, startOfDay: StartOfDay) => Write[],
): Rule {
  return { contract, write: (data, startOfDay) => write(contract.schema.parse(data), startOfDay) }
}

const byName = new Map(rules.map((rule) => [`${rule.contract.context}.${rule.contract.type}`, rule]))

/**
 * What an event changes; nothing where My Page does not show it.
 * @throws where its data do not fit its contract.
 */
export function writesOf({ context, type, data }: Event, startOfDay: StartOfDay): Write[] {
  return byName.get(`${context}.${type}`)?.write(data, startOfDay) ?? []
}

/** All of My Page as a value. */
export type View = {
  readonly records: Readonly<Record<string, Fields>>
  readonly lists: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export const emptyView: View = { records: {}, lists: {} }

/**
 * The view after one more event. What is stored must equal the fold of all events by this function, in any order
 * that keeps the order within each aggregate.
 */
export function project(view: View, event: Event, startOfDay: StartOfDay): View {
  return writesOf(event, startOfDay).reduce(after, view)
}

function after({ records, lists }: View, write: Write): View {
  if (write.kind === 'set') {
    const record = { ...records[write.record], ...write.fields }
    return { records: { ...records, [write.record]: record }, lists }
  }
  const { [write.list]: list = {}, ...otherLists } = lists
  const { [write.id]: _, ...others } = list
  const changed = write.kind === 'put' ? { ...others, [write.id]: write.at } : others
  const empty = Object.keys(changed).length === 0
  return { records, lists: empty ? otherLists : { ...otherLists, [write.list]: changed } }
}
