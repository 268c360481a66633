import type { PushSubscriptions } from '../application/ports.ts'
import type { Database } from './database.ts'

const mostPerUser = 10

export function prismaPushSubscriptions(database: Database): PushSubscriptions {
  return {
    async save(userId, { endpoint, p256dh, auth }, subscribedAt) {
      const kept = { userId, p256dh, auth, subscribedAt }
      await database.$transaction(async (tx) => {
        await tx.pushSubscription.upsert({
          where: { endpoint },
          create: { endpoint, ...kept },
          update: kept,
        })
        const tooMany = await tx.pushSubscription.findMany({
          where: { userId },
          orderBy: { subscribedAt: 'desc' },
          skip: mostPerUser,
          select: { endpoint: true },
        })
        await tx.pushSubscription.deleteMany({
          where: { endpoint: { in: tooMany.map((row) => row.endpoint) } },
        })
      })
    },
    async remove(userId, endpoint) {
      const { count } = await database.pushSubscription.deleteMany({ where: { userId, endpoint } })
      return count > 0
    },
    of: (userId) =>
      database.pushSubscription.findMany({
        where: { userId },
        select: { endpoint: true, p256dh: true, auth: true },
      }),
  }
}
