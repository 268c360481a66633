import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHostCheck } from '@myhotel/kit/hosts'
import { z } from 'zod'

/** What a route is given of the request. */
export type Call = {
  /** The `:name` segments of the route's path. */
  params: Record<string, string>
  query: URLSearchParams
  headers: IncomingMessage['headers']
  /** The parsed JSON body; `undefined` where there is none. */
  body: unknown
}

/** An answer: a string body is HTML unless `type` says otherwise, anything else is sent as JSON. `lost` cuts the connection instead. */
export type Answer = { status: number; body?: unknown; type?: string } | 'lost'

export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/v1/payments/:id` */
  path: string
  answer: (call: Call) => Answer | Promise<Answer>
}

/** Thrown by a route to answer with an error in the wire format of this stand-in. */
export class HttpError extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(`HTTP ${status}`)
    this.status = status
    this.body = body
  }
}

/** Parses with zod; what does not fit is the caller's fault, 400. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new HttpError(400, {
    error: { code: 'parameter_invalid', message: z.prettifyError(result.error) },
  })
}

/** What every stand-in reads from its environment. */
export const listenEnv = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(0),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().min(1),
})

/** Names besides localhost under which a stand-in may be called, separated by commas. */
const hostsEnv = z.object({
  DEVELOPMENT_HOSTS: z
    .string()
    .default('')
    .transform((text) => text.split(/[,\s]+/).filter(Boolean)),
})

const maxBodyBytes = 1024 * 1024

/**
 * Serves the routes and `/livez`, hands all else to `otherwise` where it is given, and stops in order on SIGTERM and
 * SIGINT: no new connection, answers that are under way are given, then `onStop`, then exit. Resolves to the URL once
 * listening.
 */
export async function serve(options: {
  port: number
  host: string
  routes: Route[]
  otherwise?: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  onStop?: () => Promise<void>
}): Promise<string> {
  const routes = [
    ...options.routes,
    { method: 'GET', path: '/livez', answer: () => ({ status: 200, body: { status: 'ok' } }) } as Route,
  ].map((route) => ({ ...route, segments: route.path.split('/') }))

  const { DEVELOPMENT_HOSTS } = hostsEnv.parse(process.env)
  const wrongHost = createHostCheck(DEVELOPMENT_HOSTS)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wrong = wrongHost(request)
    if (wrong) throw new HttpError(421, { error: { code: 'misdirected_request', message: wrong } })
    const found = routeOf(routes, request)
    if (!found && options.otherwise) return options.otherwise(request, response)
    send(response, await answerTo(found, request))
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => send(response, asError(error)))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve)
  })

  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    server.close(async () => {
      await options.onStop?.()
      process.exit(0)
    })
    server.closeIdleConnections()
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  return `http://${options.host}:${(server.address() as AddressInfo).port}`
}

/** One JSON line on stdout, in the shape of the services' own logs. */
export function log(name: string, msg: string, fields: Record<string, unknown> = {}): void {
  console.log(JSON.stringify({ level: 30, time: Date.now(), pid: process.pid, name, ...fields, msg }))
}

type CompiledRoute = Route & { segments: string[] }

type Found = { route: Route; params: Record<string, string>; query: URLSearchParams }

function routeOf(routes: CompiledRoute[], request: IncomingMessage): Found | undefined {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const segments = url.pathname.split('/')
  for (const route of routes) {
    const params = route.method === request.method ? match(route.segments, segments) : undefined
    if (params) return { route, params, query: url.searchParams }
  }
  return undefined
}

async function answerTo(found: Found | undefined, request: IncomingMessage): Promise<Answer> {
  if (!found)
    throw new HttpError(404, { error: { code: 'not_found', message: `no ${request.method} ${request.url}` } })
  const { route, ...call } = found
  return route.answer({ ...call, headers: request.headers, body: await readJson(request) })
}

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, expected] of pattern.entries()) {
    const segment = segments[i] ?? ''
    if (expected.startsWith(':')) params[expected.slice(1)] = decodeURIComponent(segment)
    else if (expected !== segment) return undefined
  }
  return params
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes)
      throw new HttpError(413, { error: { code: 'too_large', message: 'over 1 MiB' } })
    chunks.push(chunk)
  }
  if (bytes === 0) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new HttpError(400, { error: { code: 'invalid_json', message: 'the body is not JSON' } })
  }
}

function asError(error: unknown): Answer {
  if (error instanceof HttpError) return { status: error.status, body: error.body }
  console.error(error)
  return { status: 500, body: { error: { code: 'api_error', message: String(error) } } }
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'lost' || response.headersSent) {
    response.destroy()
    return
  }
  if (answer.body === undefined) {
    response.writeHead(answer.status).end()
    return
  }
  const html = typeof answer.body === 'string'
  const text = html ? (answer.body as string) : JSON.stringify(answer.body)
  response
    .writeHead(answer.status, {
      'content-type': answer.type ?? (html ? 'text/html; charset=utf-8' : 'application/json'),
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}
