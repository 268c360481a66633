import { canonicalIds } from '@myhotel/kit/ids'
import { appendToOutbox } from '@myhotel/kit/outbox'
import { keysLookedUpByKeptPlans } from '@myhotel/kit/prisma'
import { v7 } from 'uuid'
import { announceRead, announceSent } from '../application/announce.ts'
import type { Notifications, Outgoing } from '../application/ports.ts'
import type { Channel } from '../domain/notification.ts'
import type { Database, Transaction } from './database.ts'

/** One statement for all events that came together: notifications that are new, and a delivery for each channel. */
const sendSql = `
  WITH sent AS (
    INSERT INTO notification (id, event_id, recipient_id, kind, title, body, booking_id, room_id, sent_at, correlation_id,
      traceparent)
    SELECT id, "eventId", "recipientId", kind, title, body, "bookingId", "roomId", $2::timestamptz, "correlationId",
      traceparent
    FROM ${keysLookedUpByKeptPlans}, jsonb_to_recordset($1::jsonb) AS message(id uuid, "eventId" text, "recipientId" text, kind kind, title text,
      body text, "bookingId" text, "roomId" text, "correlationId" text, traceparent text)
    ON CONFLICT (event_id, recipient_id, kind) DO NOTHING
    RETURNING id
  ), in_app AS (
    INSERT INTO delivery (notification_id, channel, state, due_at, delivered_at)
    SELECT id, 'IN_APP', 'DELIVERED', $2::timestamptz, $2::timestamptz FROM sent
  ), carried AS (
    INSERT INTO delivery (notification_id, channel, state, due_at)
    SELECT id, channel, 'PENDING', $2::timestamptz FROM sent, unnest($3::channel[]) AS channel
  )
  SELECT id FROM sent`

/** Sends within a transaction, with a delivery for each of `channels` and at once by the in-app one. */
export function outgoing(tx: Transaction, channels: readonly Channel[]): Outgoing {
  const list = `{${channels.join()}}`
  return {
    async send(told, sentAt) {
      const drafts = told.flatMap(({ eventId, messages, under }) =>
        messages.map((message) => ({ message: { ...message, id: v7(), eventId }, under })),
      )
      const rows = JSON.stringify(
        drafts.map(({ message, under: { correlationId, traceparent } }) => ({
          ...message,
          correlationId,
          traceparent,
        })),
      )
      const sent = await tx.$queryRawUnsafe<{ id: string }[]>(sendSql, rows, sentAt.toISOString(), list)
      const ids = new Set(sent.map(({ id }) => id))
      const announcements = drafts
        .filter(({ message }) => ids.has(message.id))
        .map(({ message, under }) => ({ ...announceSent(message.id, message, sentAt), under }))
      await appendToOutbox(tx, announcements)
    },
  }
}

export function prismaNotifications(database: Database): Notifications {
  return {
    async newest(recipientId, { limit, before }) {
      const rows = await database.notification.findMany({
        where: { recipientId, ...(before ? { id: { lt: before } } : {}) },
        orderBy: { id: 'desc' },
        take: limit,
        include: {
          deliveries: {
            select: { channel: true },
            where: { state: 'DELIVERED' },
            orderBy: { channel: 'asc' },
          },
        },
      })
      return rows.map(({ deliveries, ...row }) => ({
        ...row,
        channels: deliveries.map(({ channel }) => channel),
      }))
    },

    async markRead(recipientId, ids, readAt) {
      const possible = canonicalIds(ids)
      if (possible.length === 0) return []
      return database.$transaction(async (tx) => {
        const marked = await tx.notification.updateManyAndReturn({
          where: { id: { in: possible }, recipientId, readAt: null },
          data: { readAt, version: { increment: 1 } },
          select: { id: true, version: true },
        })
        await appendToOutbox(
          tx,
          marked.map(({ id, version }) => announceRead(id, version, recipientId, readAt)),
        )
        return marked
      })
    },
  }
}
