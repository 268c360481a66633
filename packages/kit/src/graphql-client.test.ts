import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { parse } from 'graphql'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createServiceClient, NotAccepted, OutcomeUnknown, type ServiceClient } from './graphql-client.ts'
import { createTestLog, eventually } from './testing.ts'

const { log } = createTestLog()
const document: TypedDocumentNode<{ counted: number }, { of: string }> = parse(
  'query Counted($of: ID!) { counted(of: $of) }',
)
const shape = z.object({ counted: z.int() })

let server: Server | undefined
let client: ServiceClient | undefined
afterEach(async () => {
  await client?.close()
  server?.closeAllConnections()
  server?.close()
})

function urlOf(one: Server | undefined): string {
  const address = one?.address() as AddressInfo
  return `http://127.0.0.1:${address.port}`
}

const clientOf = (url: string, timeoutMs = 20_000) =>
  createServiceClient({ audience: 'other', url, sign: async () => 'token', log, timeoutMs })

/** Asks a service that answers so. */
async function ask(answer: RequestListener, timeoutMs = 20_000) {
  server = createServer(answer)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  client = clientOf(urlOf(server), timeoutMs)
  return client.send(document, { of: 'x' }, shape)
}

const json = { 'content-type': 'application/json' }
const says =
  (body: string | Buffer, status = 200, headers: Record<string, string> = json): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body)

it('gives what was answered', async () => {
  expect(await ask(says('{"data":{"counted":7}}'))).toEqual({ counted: 7 })
})

it('knows that nothing was done where nobody listens', async () => {
  client = clientOf('http://127.0.0.1:9')
  await expect(client.send(document, { of: 'x' }, shape)).rejects.toThrow(NotAccepted)
})

describe('several replicas', () => {
  it('are asked one after the other where they refuse', async () => {
    expect(await ask(says('{"data":{"counted":7}}'))).toEqual({ counted: 7 })
    await client?.close()
    client = clientOf(`http://127.0.0.1:9, ${urlOf(server)}`)
    for (let call = 0; call < 6; call += 1)
      expect(await client.send(document, { of: 'x' }, shape)).toEqual({ counted: 7 })
  })

  it('share the calls that one of them, which is silent, was waited for once', async () => {
    await ask(says('{"data":{"counted":7}}'))
    await client?.close()
    const mute = createServer(() => {}).listen(0, '127.0.0.1')
    await eventually(() => mute.listening)
    client = clientOf(`${urlOf(server)},${urlOf(mute)}`, 1_000)
    const outcomes = []
    for (let call = 0; call < 8; call += 1)
      outcomes.push(await client.send(document, { of: 'x' }, shape).catch((error: unknown) => error))
    mute.closeAllConnections()
    mute.close()
    expect(outcomes.filter((outcome) => outcome instanceof OutcomeUnknown)).toHaveLength(1)
  })
})

it.each<[string, RequestListener]>([
  ['a page', says('<html></html>', 200, { 'content-type': 'text/html' })],
  ['JSON that is called a page', says('{"data":{"counted":7}}', 200, { 'content-type': 'text/html' })],
  ['no JSON', says('{"data":')],
  ['no UTF-8', says(Buffer.from([0x7b, 0xff, 0x7d]))],
  ['a list', says('[1]')],
  ['null', says('null')],
  ['data that is a text', says('{"data":"counted"}')],
  ['data that is a list', says('{"data":[{"counted":7}]}')],
  ['no data', says('{"data":null}')],
  ['errors beside data', says('{"data":{"counted":7},"errors":[{"message":"no"}]}')],
  ['errors that are no list', says('{"data":{"counted":7},"errors":{"message":"no"}}')],
  ['a text for a number', says('{"data":{"counted":"7"}}')],
  ['a number too large to be exact', says('{"data":{"counted":9007199254740993}}')],
  ['nothing that was asked for', says('{"data":{}}')],
  ['data with a status of failure', says('{"data":{"counted":7}}', 500)],
  ['a way elsewhere', says('{"data":{"counted":7}}', 302, { ...json, location: '/' })],
  ['nothing', says('', 204, {})],
  ['a cut connection', (request) => request.socket.destroy()],
  [
    'half an answer',
    (_, response) =>
      response.writeHead(200, { 'content-length': '99' }).write('{"data"', () => response.destroy()),
  ],
])('does not know what became of it where the answer is %s', async (_, answer) => {
  await expect(ask(answer)).rejects.toThrow(OutcomeUnknown)
})

it('does not wait for a body that never comes', async () => {
  const begins: RequestListener = (_, response) => void response.writeHead(200, json).write('{"data":')
  await expect(ask(begins, 100)).rejects.toThrow(OutcomeUnknown)
})
