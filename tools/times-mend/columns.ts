/** A column of instants that another place tells as well: an event, made of the clock and not of the row, or a UUID v7. */
export type Column = {
  readonly database: string
  readonly table: string
  readonly column: string
  /** The column by which a row is found: what an event is about, or the id that was made at that time. */
  readonly key: string
  readonly keyType: 'uuid' | 'text'
  readonly told: Told | 'by its id'
  /** A trigger refuses every change of the table, also its owner's. */
  readonly isAppendOnly?: true
}

/** Events of a type, in the outbox of a database or, of what all publish, of each; their aggregate is the key. */
export type Told = { readonly by: string; readonly type: string; readonly field: string }

/** In `Told`: whoever it is. */
export const everybody = '*'

const events = (by: string, type: string, field: string): Told => ({ by, type, field })

const approved = events('payment', 'PaymentApproved', 'approvedAt')
const refunded = events('payment', 'PaymentCanceled', 'canceledAt')
const registered = events('room', 'RoomRegistered', 'registeredAt')
const deleted = events('room', 'RoomDeleted', 'deletedAt')

type Row = [column: string, told: Column['told']]

const columns = (
  database: string,
  table: string,
  [key, keyType]: [string, Column['keyType']],
  rows: readonly Row[],
): Column[] => rows.map(([column, told]) => ({ database, table, key, keyType, column, told }))

const appendOnly = (all: readonly Column[]): Column[] => all.map((each) => ({ ...each, isAppendOnly: true }))

/**
 * All columns that were written without their zone, or read wrong and saved again. What PostgreSQL writes by now(), and
 * what was written once with its zone (the start and the deadline of a payment), was always right.
 */
export const toldColumns: readonly Column[] = [
  ...columns(
    'book',
    'booking',
    ['id', 'uuid'],
    [
      ['booked_at', events('book', 'Booked', 'bookedAt')],
      ['canceled_at', events('book', 'BookCanceled', 'canceledAt')],
    ],
  ),
  ...columns('payment', 'payment', ['id', 'uuid'], [['approved_at', approved]]),
  ...columns('payment', 'refund', ['payment_id', 'uuid'], [['refunded_at', refunded]]),
  ...columns(
    'room',
    'room',
    ['id', 'uuid'],
    [
      ['registered_at', registered],
      ['deleted_at', deleted],
    ],
  ),
  ...columns(
    'servicecenter',
    'complaint',
    ['id', 'uuid'],
    [
      ['filed_at', events('servicecenter', 'ComplaintFiled', 'filedAt')],
      ['closed_at', events('servicecenter', 'ComplaintClosed', 'closedAt')],
    ],
  ),
  ...appendOnly([
    ...columns('servicecenter', 'agent_action', ['id', 'uuid'], [['requested_at', 'by its id']]),
    ...columns(
      'servicecenter',
      'agent_action_outcome',
      ['action_id', 'uuid'],
      [['recorded_at', 'by its id']],
    ),
    ...columns(
      'servicecenter',
      'access_refusal',
      ['id', 'uuid'],
      [['refused_at', events(everybody, 'AccessRefused', 'refusedAt')]],
    ),
  ]),
  ...columns(
    'notification',
    'notification',
    ['id', 'uuid'],
    [
      ['sent_at', events('notification', 'NotificationSent', 'sentAt')],
      ['read_at', events('notification', 'NotificationRead', 'readAt')],
    ],
  ),
  ...columns(
    'marketing',
    'room',
    ['room_id', 'text'],
    [
      ['registered_at', registered],
      ['deleted_at', deleted],
    ],
  ),
  ...columns(
    'marketing',
    'paid_booking',
    ['payment_id', 'text'],
    [
      ['paid_at', approved],
      ['canceled_at', refunded],
    ],
  ),
]

/** What was written without its zone and nothing else tells. */
export const untoldColumns: readonly Pick<Column, 'database' | 'table' | 'column'>[] = [
  { database: 'notification', table: 'push_subscription', column: 'subscribed_at' },
]
