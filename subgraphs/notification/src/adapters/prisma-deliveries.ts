import { gathered } from '@myhotel/kit/gather'
import type { Deliveries, Delivery } from '../application/ports.ts'
import type { Channel, Kind } from '../domain/notification.ts'
import type { Database } from './database.ts'

/** Deliveries that one statement settles. */
const mostSettled = 500
/** What is carried meanwhile is settled together: a process that dies repeats at most so much, under the same ids. */
const settleWithinMs = 50

type Row = {
  notification_id: string
  attempts: number
  sent_at: Date
  recipient_id: string
  kind: Kind
  title: string
  body: string
  booking_id: string | null
  room_id: string | null
  correlation_id: string | null
  traceparent: string | null
}

/**
 * `due_at` is also the lease: a delivery that is taken becomes due again when its lease ends. `attempts` tells
 * whether it was taken by another worker since.
 */
export function prismaDeliveries(database: Database): Deliveries {
  const settle = gathered<object, void>({
    most: mostSettled,
    waitMs: settleWithinMs,
    async work(settled) {
      await database.$executeRawUnsafe(settleSql, JSON.stringify(settled))
      return []
    },
  })
  return {
    async take(channel, limit, leaseMs) {
      const rows = await database.$queryRaw<Row[]>`
        WITH due AS (
          SELECT notification_id FROM delivery
          WHERE channel = ${channel}::channel AND state = 'PENDING' AND due_at <= now()
          ORDER BY due_at LIMIT ${limit}
          FOR UPDATE SKIP LOCKED
        )
        UPDATE delivery SET attempts = attempts + 1, due_at = now() + ${leaseMs} * interval '1 millisecond'
        FROM due JOIN notification ON notification.id = due.notification_id
        WHERE delivery.notification_id = due.notification_id AND delivery.channel = ${channel}::channel
        RETURNING delivery.notification_id, attempts, sent_at, recipient_id, kind, title, body, booking_id, room_id,
          correlation_id, traceparent`
      return rows.map((row) => toDelivery(channel, row))
    },

    settle: ({ notificationId, channel, attempt }, verdict) =>
      settle({ notificationId, channel, attempt, ...verdict }),
  }
}

/** The state as text: as it is, the index of what is pending would be read through, not each found by its key. */
const settleSql = `
  UPDATE delivery SET
    state = settled.state,
    last_error = left(settled.why, 1000),
    delivered_at = CASE WHEN settled.state = 'DELIVERED' THEN now() END,
    due_at = CASE WHEN settled.state = 'PENDING' THEN now() + settled."againInMs" * interval '1 millisecond'
                  ELSE delivery.due_at END
  FROM jsonb_to_recordset($1::jsonb) AS settled("notificationId" uuid, channel channel, attempt int,
    state delivery_state, why text, "againInMs" int)
  WHERE notification_id = settled."notificationId" AND delivery.channel = settled.channel
    AND delivery.state::text = 'PENDING' AND attempts = settled.attempt`

function toDelivery(channel: Channel, row: Row): Delivery {
  const { recipient_id: recipientId, kind, title, body, booking_id: bookingId, room_id: roomId } = row
  const { correlation_id: correlationId, traceparent } = row
  return {
    under: correlationId && traceparent ? { correlationId, traceparent } : null,
    notificationId: row.notification_id,
    channel,
    attempt: row.attempts,
    sentAt: row.sent_at,
    message: { recipientId, kind, title, body, bookingId, roomId },
  }
}
