import type { IncomingMessage, ServerResponse } from 'node:http'
import { header } from '@myhotel/kit/http'

const preflight = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers':
    'authorization, content-type, x-correlation-id, x-read-after, traceparent, apollo-require-preflight',
  'access-control-max-age': '7200',
}

/** Headers of answers that pages may read. */
const told = 'x-correlation-id, x-read-after, retry-after, ratelimit, ratelimit-policy'

/**
 * Lets pages of the listed origins call the router (`*`: of any). Nothing rests on cookies, so none are
 * allowed. Answers preflight requests itself; true says that it did.
 */
export function createCors(origins: readonly string[]) {
  const any = origins.includes('*')
  return function cors(request: IncomingMessage, response: ServerResponse): boolean {
    if (origins.length > 0 && !any) response.setHeader('vary', 'origin')
    const origin = header(request, 'origin')
    const allowed = origin !== undefined && (any || origins.includes(origin))
    if (allowed) {
      response.setHeader('access-control-allow-origin', any ? '*' : origin)
      response.setHeader('access-control-expose-headers', told)
    }
    if (request.method !== 'OPTIONS') return false
    response.writeHead(204, allowed ? preflight : { allow: 'GET, POST, OPTIONS' }).end()
    return true
  }
}

export type Cors = ReturnType<typeof createCors>
