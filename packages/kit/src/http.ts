import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server'
import type { Logger } from './logger.ts'
import type { Health, Part } from './service.ts'

const longestBody = 1024 * 1024

/**
 * The HTTP server of a service: `/livez` says that the process runs, `/readyz` whether it can do its work and,
 * part by part, why not. All else goes to `handle`. Stopping lets the requests under way finish.
 */
export function httpServer(options: {
  port: number
  host: string
  log: Logger
  handle: RequestListener
}): Part {
  const server = createServer({ keepAliveTimeout: 65_000 })
  return {
    name: 'http',
    async start(health) {
      server.on('request', (request, response) => {
        if (request.url === '/livez') return answer(response, 200, { status: 'ok' })
        if (request.url === '/readyz') return void answerReadiness(response, health)
        options.handle(request, response)
      })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(options.port, options.host, 1024, resolve)
      })
      const { port } = server.address() as AddressInfo
      options.log.info({ port, url: `http://${options.host}:${port}` }, 'listening')
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

async function answerReadiness(response: ServerResponse, health: Health) {
  const { ready, parts } = await health.check()
  answer(response, ready ? 200 : 503, { status: ready ? 'ok' : 'not ready', parts })
}

/** Answers with a JSON body. */
export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text)
}

/** Answers as GraphQL does when a request is refused before it is executed. */
export function answerError(response: ServerResponse, status: number, code: string, message: string) {
  answer(response, status, { errors: [{ message, extensions: { code } }] })
}

/** The value of a header, the first where a caller sent several. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Why a body could not be read; `status` is the HTTP status to answer with. */
class UnreadableBody extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBody) throw new UnreadableBody(413, `a body has at most ${longestBody} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/**
 * Executes one GraphQL-over-HTTP request on an Apollo server and writes the answer. `addHeaders` is asked for more
 * headers after the execution.
 */
export async function serveGraphql<Context extends BaseContext>(
  server: ApolloServer<Context>,
  context: () => Promise<Context>,
  request: IncomingMessage,
  response: ServerResponse,
  addHeaders: () => Record<string, string> = () => ({}),
): Promise<void> {
  let body: unknown
  try {
    const text = request.method === 'POST' ? await readBody(request) : ''
    body =
      text && header(request, 'content-type')?.includes('application/json')
        ? JSON.parse(text)
        : text || undefined
  } catch (error) {
    const status = error instanceof UnreadableBody ? error.status : 400
    return answerError(
      response,
      status,
      'BAD_REQUEST',
      status === 400 ? 'the body is not JSON' : String(error),
    )
  }
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const url = request.url ?? ''
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : ''
  const result = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? 'POST', headers, search, body },
    context,
  })
  for (const [name, value] of result.headers) response.setHeader(name, value)
  for (const [name, value] of Object.entries(addHeaders())) response.setHeader(name, value)
  response.statusCode = result.status ?? 200
  if (result.body.kind === 'complete') {
    response.end(result.body.string)
    return
  }
  for await (const chunk of result.body.asyncIterator) response.write(chunk)
  response.end()
}
