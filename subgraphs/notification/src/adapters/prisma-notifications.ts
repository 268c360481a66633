import { appendToOutbox } from '@myhotel/kit/outbox'
import { v7, validate } from 'uuid'
import { announceRead, announceSent } from '../application/announce.ts'
import type { Notifications, Outgoing } from '../application/ports.ts'
import type { Channel } from '../domain/notification.ts'
import type { Database, Transaction } from './database.ts'

/** Sends within a transaction, with a delivery for each of `channels` and at once by the in-app one. */
export function outgoing(tx: Transaction, channels: readonly Channel[]): Outgoing {
  return {
    async send(eventId, messages, sentAt) {
      const stored = await tx.notification.createManyAndReturn({
        data: messages.map((message) => ({ ...message, id: v7(), eventId, sentAt })),
        skipDuplicates: true,
      })
      const ids = stored.map(({ id }) => id)
      await tx.delivery.createMany({
        data: ids.flatMap((notificationId) => [
          {
            notificationId,
            channel: 'IN_APP' as const,
            state: 'DELIVERED' as const,
            dueAt: sentAt,
            deliveredAt: sentAt,
          },
          ...channels.map((channel) => ({
            notificationId,
            channel,
            state: 'PENDING' as const,
            dueAt: sentAt,
          })),
        ]),
      })
      await appendToOutbox(
        tx,
        stored.map((notification) => announceSent(notification.id, notification, sentAt)),
      )
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
      const possible = ids.filter((id) => validate(id))
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
