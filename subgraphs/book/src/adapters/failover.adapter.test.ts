import { isPassingFailure } from '@myhotel/kit/failures'
import { withUnfitClient } from '@myhotel/kit/postgres'
import { createTestDatabase, eventually } from '@myhotel/kit/testing'
import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'

test('the pool is refused by a server that takes no writes, and used again when it does: that passes', async () => {
  const server = await createTestDatabase('book')
  const { database, part } = openDatabase(server.url, 2)
  const write = () => database.$executeRawUnsafe(`INSERT INTO inbox VALUES ('c', 'a:1', 'a', 1)`)
  const failureOf = (work: () => PromiseLike<unknown>) =>
    Promise.resolve(work()).then(
      () => null,
      (error: unknown) => error,
    )
  // What was connected before finds out by the server's refusal; so does what is connected anew.
  const inTransaction = () =>
    database.$transaction(async (tx) => {
      await tx.$executeRawUnsafe('SET TRANSACTION READ ONLY')
      await tx.$executeRawUnsafe(`INSERT INTO inbox VALUES ('c', 'a:1', 'a', 1)`)
    })
  const pid = async () =>
    (await database.$queryRawUnsafe<{ pid: number }[]>('SELECT pg_backend_pid() AS pid'))[0]?.pid
  const before = await pid()
  expect(isPassingFailure(await failureOf(inTransaction))).toBe(true)
  expect(await pid(), 'a connection that was refused is not used again').not.toBe(before)

  const asStandby = (setting: string) =>
    withUnfitClient(server.url, async (client) => {
      const name = client.escapeIdentifier(client.database ?? '')
      await client.query(`BEGIN READ WRITE; ALTER DATABASE ${name} ${setting}; COMMIT`)
      await client.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
    })
  await asStandby('SET default_transaction_read_only = on')
  await eventually(async () => {
    const failure = await failureOf(write)
    expect(isPassingFailure(failure), String(failure)).toBe(true)
    return String(failure).includes('takes no writes')
  })
  await asStandby('RESET default_transaction_read_only')
  await eventually(async () => (await write()) === 1)
  await part.stop?.()
  await server.drop()
})
