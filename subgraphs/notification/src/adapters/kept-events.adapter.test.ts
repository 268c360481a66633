import { subscribe } from '@myhotel/kit/subscription'
import { createPostman, createTestDatabase } from '@myhotel/kit/testing'
import { keptEvents, refusedOf } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import { openDatabase, type Transaction } from './database.ts'
import { reactions } from './event-consumer.ts'
import { outgoing, prismaNotifications } from './prisma-notifications.ts'
import { silent } from './testing.ts'

/** What each was told, the newest first. */
const told = {
  guest1: ['COMPLAINT_CLOSED', 'COMPLAINT_FILED', 'COMPLAINT_FILED', 'BOOKED', 'PAYMENT_APPROVED'],
  guest2: ['PAYMENT_CANCELED', 'BOOK_CANCELED', 'BOOKED', 'PAYMENT_APPROVED'],
  host1: ['BOOK_CANCELED', 'BOOKING_RECEIVED', 'BOOKING_RECEIVED'],
}

it.each(keptEvents)('takes in what $version has published', async ({ events }) => {
  const { url, drop } = await createTestDatabase('notification')
  const { database, part } = openDatabase(url)
  const { bus, deliver } = createPostman()
  const policies = reactions(
    (tx: Transaction) => outgoing(tx, ['EMAIL']),
    () => new Date(),
  )
  subscribe<Transaction>({ consumer: 'notification', bus, database, reactions: policies, log: silent })
  expect(await refusedOf(events, deliver)).toEqual([])
  const notifications = prismaNotifications(database)
  for (const [user, kinds] of Object.entries(told)) {
    const newest = await notifications.newest(user, { limit: 20, before: null })
    expect({ [user]: newest.map(({ kind }) => kind) }).toEqual({ [user]: kinds })
  }
  const [refund] = await notifications.newest('guest2', { limit: 1, before: null })
  expect(refund?.body).toContain('€81.66')
  await part.stop?.()
  await drop()
})
