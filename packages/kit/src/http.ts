import { isUtf8 } from 'node:buffer'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server'
import { followConnections } from './connections.ts'
import type { Logger } from './logger.ts'
import { urlOf } from './management.ts'
import type { Part } from './part.ts'

/** Bytes, unless told. */
const longestBodyUnlessTold = 1024 * 1024

/**
 * Sent along with a request by a caller who wants to know whether a subgraph can do its work: where it cannot, the answer
 * is 503, whatever was asked. Only callers with a token are told.
 */
export const lookHeader = 'x-look'

/** How long a client may take to send what it has to say; whoever is slower loses the connection. */
export type Patience = {
  readonly headersMs: number
  readonly requestMs: number
  readonly lookEveryMs: number
}

const usualPatience: Patience = { headersMs: 10_000, requestMs: 30_000, lookEveryMs: 1_000 }

/**
 * The HTTP server of a service for its clients: everything goes to `handle`. Stopping lets the requests under way finish.
 *
 * A header that a client sends twice is one with both values, so that nobody can tell two readers two things: two
 * `authorization` are no token, two `content-type` no JSON.
 */
export function httpServer(options: {
  port: number
  host: string
  log: Logger
  handle: RequestListener
  patience?: Patience
  /** Milliseconds after which a kept connection is to be replaced by another one; 0, which it is unless told, is never. */
  maxAgeMs?: number
}): Part {
  const { headersMs, requestMs, lookEveryMs } = options.patience ?? usualPatience
  const server = createServer({
    keepAliveTimeout: 65_000,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: lookEveryMs,
    maxHeaderSize: 16 * 1024,
    joinDuplicateHeaders: true,
  })
  const connections = followConnections(server, options.maxAgeMs ?? 0)
  const finish = async () => {
    connections.retire()
    if (server.listening) await connections.close()
  }
  return {
    name: 'http',
    async start() {
      server.on('request', (request, response) => {
        connections.enter(request, response)
        options.handle(request, response)
      })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(options.port, options.host, 1024, resolve)
      })
      const { port } = server.address() as AddressInfo
      options.log.info({ port, url: urlOf(options.host, port) }, 'listening')
    },
    drain: connections.retire,
    finish,
    stop: finish,
  }
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
export function answerError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  { retryAfterSeconds }: { retryAfterSeconds?: number } = {},
) {
  const headers: Record<string, string> = retryAfterSeconds
    ? { 'retry-after': String(retryAfterSeconds) }
    : {}
  answer(response, status, { errors: [{ message, extensions: { code, retryAfterSeconds } }] }, headers)
}

/** The value of a header; several of a caller's are joined by commas. */
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

/** Listens to the stream's events: iterating it costs more than all else that is done to a small body. */
function readBody(request: IncomingMessage, longestBody: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= longestBody) return chunks.push(chunk)
      request.pause()
      reject(new UnreadableBody(413, `a body has at most ${longestBody} bytes`))
    })
    request.once('end', () => {
      const [first] = chunks
      resolve(first && chunks.length === 1 ? first : Buffer.concat(chunks))
    })
    request.once('error', reject)
  })
}

/** The body as Apollo wants it: parsed where it is JSON, else as text or nothing. */
async function readGraphqlBody(request: IncomingMessage, longestBody: number): Promise<unknown> {
  if (request.method !== 'POST') return undefined
  const { type, charset } = mediaType(header(request, 'content-type') ?? '')
  if (charset !== 'utf-8') throw new UnreadableBody(415, 'a body is UTF-8')
  // Who lets clients compress lets them send a gigabyte in a megabyte.
  if ((header(request, 'content-encoding') ?? 'identity') !== 'identity')
    throw new UnreadableBody(415, 'a body is not compressed')
  const bytes = await readBody(request, longestBody)
  if (!isUtf8(bytes)) throw new UnreadableBody(400, 'the body is not UTF-8')
  const text = bytes.toString()
  if (!text || type !== json.type) return text || undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new UnreadableBody(400, 'the body is not JSON')
  }
}

/** What nearly all send. */
const json = { type: 'application/json', charset: 'utf-8' }

/** `application/json; charset="UTF-8"` → `application/json`, `utf-8`, which is also what is meant without a charset. */
function mediaType(value: string): { type: string; charset: string } {
  if (value === json.type) return json
  const [type = '', ...parameters] = value.toLowerCase().split(';')
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='))?.split('=')[1]
  return { type: type.trim(), charset: charset?.replaceAll('"', '').trim() ?? 'utf-8' }
}

/** What answers GraphQL over HTTP: an Apollo server, or what stands before one. */
export type GraphqlServer<Context extends BaseContext> = Pick<
  ApolloServer<Context>,
  'executeHTTPGraphQLRequest'
>

/**
 * Executes one GraphQL-over-HTTP request on an Apollo server and writes the answer, unless somebody has answered
 * meanwhile. `addHeaders` is asked for more headers after the execution.
 */
export async function serveGraphql<Context extends BaseContext>(
  server: GraphqlServer<Context>,
  context: () => Promise<Context>,
  request: IncomingMessage,
  response: ServerResponse,
  {
    addHeaders = () => ({}),
    longestBody = longestBodyUnlessTold,
  }: { addHeaders?: () => Record<string, string>; longestBody?: number } = {},
): Promise<void> {
  let body: unknown
  try {
    body = await readGraphqlBody(request, longestBody)
  } catch (error) {
    if (response.headersSent) return
    // The connection's end: what is left of the body would be taken for the next request.
    response.setHeader('connection', 'close')
    if (error instanceof UnreadableBody)
      return answerError(response, error.status, 'BAD_REQUEST', error.message)
    return answerError(response, 400, 'BAD_REQUEST', 'the body did not arrive')
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
  if (response.headersSent) return
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
