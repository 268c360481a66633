import { isPassingFailure } from '@myhotel/kit/failures'
import { createTestDatabase } from '@myhotel/kit/testing'
import { expect, it } from 'vitest'
import { openDatabase } from './database.ts'

it('where no connection is free in time the failure is one that passes', async () => {
  const postgres = await createTestDatabase('book')
  const { database, part } = openDatabase(postgres.url, 1)
  try {
    const busy = database.$queryRawUnsafe('SELECT 1 AS slept FROM pg_sleep(3)').then((rows) => rows)
    const refused: unknown = await database.$queryRawUnsafe('SELECT 1').catch((error: unknown) => error)
    expect(isPassingFailure(refused)).toBe(true)
    await busy
  } finally {
    await part.stop?.()
    await postgres.drop()
  }
})
