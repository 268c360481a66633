import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { answer } from '@myhotel/kit/http'
import { createTestIdentities, eventually } from '@myhotel/kit/testing'
import { startProcess } from '@myhotel/kit/testing/process'
import { afterEach, expect, test } from 'vitest'
import { asker, createCleanup, deadUrl, listen } from './testing.ts'

// The router as it is run: its own process, the committed supergraph, main.ts.
const cleanup = createCleanup()
afterEach(() => cleanup.run())

async function startMain(env: Record<string, string>, main = 'router/src/main.ts') {
  const identities = await createTestIdentities('router')
  const router = await startProcess(main, {
    IDENTITY_PRIVATE_KEY: identities.privateKey('router'),
    TOKEN_ISSUER: await deadUrl(),
    ...env,
  })
  cleanup.add(() => router.stop('SIGKILL'))
  return router
}

test('is ready without its subgraphs and its issuer, and says which of them cannot be reached', async () => {
  const room = await listen(cleanup, (_, response) => answer(response, 200, {}))
  const { url, managementUrl } = await startMain({ ROOM_URL: room.url })
  expect((await fetch(`${managementUrl}/livez`)).status).toBe(200)
  const ready = await eventually(async () => {
    const response = await fetch(`${managementUrl}/readyz`)
    return response.status === 200 ? response : null
  })
  const text = await ready.text()
  expect(JSON.parse(text)).toMatchObject({
    status: 'ok',
    parts: {
      gateway: 'ok',
      room: 'ok',
      book: 'cannot be reached',
      issuer: 'its keys could not be fetched yet',
    },
  })
  expect((await fetch(`${url}/readyz`)).status, 'on the port of clients').toBe(404)
  expect(text, 'no addresses').not.toMatch(/127\.0\.0\.1|ECONN/)
})

test('where it is installed for production it has no playground, and says so if one is asked for', async () => {
  const root = await mkdtemp(join(tmpdir(), 'router-production-'))
  cleanup.add(() => rm(root, { recursive: true }))
  const here = join(import.meta.dirname, '../..')
  await cp(join(here, 'router'), join(root, 'router'), { recursive: true, verbatimSymlinks: true })
  for (const shared of ['node_modules', 'packages']) await symlink(join(here, shared), join(root, shared))
  const { devDependencies } = JSON.parse(await readFile(join(root, 'router/package.json'), 'utf8'))
  for (const name of Object.keys(devDependencies)) await rm(join(root, 'router/node_modules', name))
  const main = relative(here, join(root, 'router/src/main.ts'))

  const { url } = await startMain({}, main)
  expect((await fetch(url, { headers: { accept: 'text/html' } })).status).toBe(404)
  await expect(startMain({ PLAYGROUND: 'true' }, main)).rejects.toThrow(
    'PLAYGROUND: its editor (ruru) is installed for development only: leave it off',
  )
})

test('told to stop, it finishes the requests under way and ends', async () => {
  const asked = Promise.withResolvers<() => void>()
  const room = await listen(cleanup, (_, response) =>
    asked.resolve(() => answer(response, 200, { data: { popularRooms: [] } })),
  )
  const router = await startMain({ ROOM_URL: room.url })
  const answered = asker(router.url)('{ popularRooms { id } }')
  const respond = await asked.promise
  const stopped = router.stop()
  await eventually(() =>
    fetch(router.url).then(
      () => false,
      () => true,
    ),
  )
  respond()
  expect(await answered).toMatchObject({ status: 200, data: { popularRooms: [] } })
  expect(await stopped).toBe(0)
})
