import { createTestIdentities, eventually } from '@myhotel/kit/testing'
import { startProcess } from '@myhotel/kit/testing/process'
import { expect, test } from 'vitest'
import { urlOf } from '../migrate/databases.ts'
import { migrate } from '../migrate/migrations.ts'
import { startPrivateServices } from '../test/private-services.ts'

const withDatabase = ['book', 'payment', 'room', 'notification', 'marketing']
const names = [...withDatabase, 'mypage']

const isReady = async (url: string) => (await fetch(`${url}/readyz`)).ok

/** Starts some subgraphs as processes, with servers of their own, and waits until they do their work. */
async function start() {
  const servers = await startPrivateServices(['postgres', 'nats', 'redis'])
  const { postgres, nats, redis } = servers.urls
  const identities = await createTestIdentities('router', ...names)
  const nobody = 'http://127.0.0.1:1'
  await Promise.all(withDatabase.map((name) => migrate(name, urlOf(postgres, name))))
  const processes = await Promise.all(
    names.map((name) =>
      startProcess(`subgraphs/${name}/src/main.ts`, {
        IDENTITY_KEYS: identities.keys,
        IDENTITY_PRIVATE_KEY: identities.privateKey(name),
        NATS_URL: nats,
        REDIS_URL: redis,
        [`${name.toUpperCase()}_DATABASE_URL`]: urlOf(postgres, name),
        ...{ PAYMENT_PROVIDER_URL: nobody, PAYMENT_URL: nobody, ROOM_URL: nobody, BOOK_URL: nobody },
        SMTP_URL: 'smtp://127.0.0.1:1',
      }),
    ),
  )
  for (const { managementUrl } of processes) await eventually(() => isReady(managementUrl))
  return { servers, processes }
}

/** How each process ended by itself; one that waits for what is away would not, within the test's time. */
function stopAll(processes: Awaited<ReturnType<typeof start>>['processes']) {
  const ends = processes.map(async (process, index) => `${names[index]} ended with ${await process.stop()}`)
  return Promise.all(ends)
}

const inOrder = names.map((name) => `${name} ended with 0`)

test('services end in order while PostgreSQL, NATS and Redis are down', async () => {
  const { servers, processes } = await start()
  await servers.stop()
  expect(await stopAll(processes)).toEqual(inOrder)
})

test('services end in order when all is stopped at once', async () => {
  const { servers, processes } = await start()
  const [ends] = await Promise.all([stopAll(processes), servers.stop()])
  expect(ends).toEqual(inOrder)
})
