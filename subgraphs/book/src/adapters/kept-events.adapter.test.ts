import { createLogger } from '@myhotel/kit/logger'
import { subscribe } from '@myhotel/kit/subscription'
import { createPostman } from '@myhotel/kit/testing'
import { keptEvents, refusedOf } from '@myhotel/kit/testing/promises'
import { expect, it } from 'vitest'
import { createWorld, stillCalendar } from '../testing/world.ts'
import { reactions } from './event-consumer.ts'

it.each(keptEvents)('takes in what $version has published', async ({ events }) => {
  const { database, ports, close } = await createWorld()
  const { bus, deliver } = createPostman()
  const log = createLogger('book', 'silent')
  subscribe({ consumer: 'book', bus, database, reactions: reactions(stillCalendar()), log })
  expect(await refusedOf(events, deliver)).toEqual([])
  expect(await ports.listings.find('01945a00-0000-7000-8000-0000000000a1')).toMatchObject({
    ...{ version: 2, deleted: false },
    offer: {
      ...{ hostId: 'host1', name: 'Room with a wider view', timeZone: 'Europe/Rome', maxNights: 30 },
      ...{ pricePerNight: { amount: 12_000, currency: 'EUR' }, taxPartsPerMillion: 88_750 },
      ...{ cancellationPolicy: 'MODERATE', checkInTime: '15:00' },
    },
  })
  const deleted = await ports.listings.find('01945a00-0000-7000-8000-0000000000a2')
  expect(deleted).toMatchObject({ version: 2, deleted: true })
  await close()
})
