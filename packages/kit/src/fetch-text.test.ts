import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { afterEach, expect, it } from 'vitest'
import { fetchText, NoAnswer } from './fetch-text.ts'
import { longestAnswer } from './graphql-answer.ts'
import { wasNeverSent } from './never-sent.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A pool of one connection to a server that answers so. */
async function poolTo(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1 })
  opened.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => pool.destroy(),
  )
  return { server, pool }
}

const question = (body: string) =>
  ({ method: 'POST', path: '/here', headers: { 'x-asked': 'yes' }, body }) as const

it('sends method, path, headers and body, and reads an answer of several parts', async () => {
  const { pool } = await poolTo(async (request, response) => {
    response.writeHead(201, { 'content-type': 'text/plain' })
    response.write(`${request.method} ${request.url} ${request.headers['x-asked']} `)
    for await (const chunk of request) response.write(chunk)
    response.end()
  })
  expect(await fetchText(pool, question('what?'), 120_000)).toEqual({
    status: 201,
    type: 'text/plain',
    bytes: Buffer.from('POST /here yes what?'),
  })
})

it('takes an answer that came in time to a process that was busy with other things until later', async () => {
  const withinMs = 100
  const { pool } = await poolTo((_, response) => {
    response.end('well', () => {
      const until = performance.now() + 2 * withinMs
      while (performance.now() < until);
    })
  })
  expect((await fetchText(pool, question(''), withinMs)).bytes.toString()).toBe('well')
})

it('waits for no longer than it may, and leaves nothing of the request behind', async () => {
  const gone = Promise.withResolvers<void>()
  const { pool } = await poolTo((request, response) => {
    request.once('close', () => gone.resolve())
    if (request.headers['x-asked'] === 'no') response.end('well')
    else response.write('half')
  })
  const asked = fetchText(pool, question(''), 100)
  // It waits for the only connection.
  const behind = fetchText(pool, question(''), 50)
  await expect(behind).rejects.toThrow(NoAnswer)
  await expect(asked).rejects.toThrow('no answer within 100 ms')
  await gone.promise
  const next = { ...question(''), headers: { 'x-asked': 'no' } }
  expect(await fetchText(pool, next, 120_000)).toMatchObject({ status: 200, bytes: Buffer.from('well') })
})

it('reads no answer without an end', async () => {
  const { pool } = await poolTo((_, response) => {
    const chunk = Buffer.alloc(longestAnswer / 16)
    const pour = () => {
      while (!response.destroyed && response.write(chunk)) {}
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  })
  await expect(fetchText(pool, question(''), 60_000)).rejects.toThrow(/more than \d+ bytes/)
})

it('says so where there was no connection, and where it was lost', async () => {
  const { server, pool } = await poolTo((request) => request.socket.destroy())
  const lost = await fetchText(pool, question(''), 120_000).catch((error: unknown) => error)
  expect(wasNeverSent(lost)).toBe(false)
  await new Promise((resolve) => server.close(resolve))
  const refused = await fetchText(pool, question(''), 120_000).catch((error: unknown) => error)
  expect(wasNeverSent(refused)).toBe(true)
})
