import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)

/** What is asked, and the status that it is answered with. */
const statuses: Record<string, number> = { '/readyz': 200, '/livez': 503 }
const server = createServer(({ url = '' }, response) => {
  response.writeHead(statuses[url] ?? 404).end('{"status":"so"}')
})
let folder = ''
let port = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = String((server.address() as AddressInfo).port)
  folder = await mkdtemp(join(tmpdir(), 'myhotel-entry-'))
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

/** Runs the entry point of the image; how it ended. */
const entry = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, [join(import.meta.dirname, 'entry.ts'), ...args], { env }).then(
    () => ({ code: 0, said: '' }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
  )

test('health ends with 0 where the management port says that it is ready', async () => {
  expect(await entry(['health'], { MANAGEMENT_PORT: port })).toMatchObject({ code: 0 })
})

test('health says what was answered', async () => {
  const { code, said } = await entry(['health', `http://127.0.0.1:${port}/livez`])
  expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('answered 503 {"status":"so"}') })
})

test('health says that nobody answered', async () => {
  const { code, said } = await entry(['health'], { MANAGEMENT_PORT: '1' })
  expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^Not ready: .* did not answer/) })
})

test('variables may be in files below a folder; the environment comes first', async () => {
  await mkdir(join(folder, 'room'))
  await writeFile(join(folder, 'room/MANAGEMENT_PORT'), `${port}\n`)
  await writeFile(join(folder, 'room/auth.conf'), 'for somebody else')
  expect(await entry(['health'], { SECRETS_FOLDER: folder })).toMatchObject({ code: 0 })
  const { code, said } = await entry(['health'], { SECRETS_FOLDER: folder, MANAGEMENT_PORT: '1' })
  expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('127.0.0.1:1/') })
})

test('an unknown name is answered with those that there are', async () => {
  const { code, said } = await entry(['toString'])
  expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining('There is: router, ') })
})
