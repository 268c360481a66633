import { readEnv } from '@myhotel/kit/env'
import { z } from 'zod'
import { HttpError, listenEnv, log, parse, serve } from '../../sandbox/http.ts'
import { exportRequest } from './otlp.ts'
import { listPage, titleOf, tracePage } from './page.ts'
import { picture } from './picture.ts'
import { createTraces } from './traces.ts'

/** Of some thousand requests. */
const mostSpans = 100_000
const shown = 200

const wanted = z.object({
  name: z.string().optional(),
  service: z.string().optional(),
  minMs: z.coerce.number().optional(),
  failed: z.stringbool().optional(),
})

const env = readEnv(listenEnv)
const traces = createTraces(mostSpans)

const asked = (query: URLSearchParams) =>
  parse(wanted, Object.fromEntries([...query].filter(([, value]) => value !== '')))

function spansOf({ id = '' }: Record<string, string>) {
  const spans = traces.get(id)
  if (!spans) throw new HttpError(404, { error: { code: 'not_found', message: 'no such trace' } })
  return { id, spans }
}

const url = await serve({
  port: env.PORT,
  host: env.HOST,
  routes: [
    {
      method: 'POST',
      path: '/v1/traces',
      answer({ body }) {
        traces.add(parse(exportRequest, body))
        return { status: 200, body: {} }
      },
    },
    {
      method: 'GET',
      path: '/',
      answer({ query }) {
        const which = asked(query)
        return { status: 200, body: listPage(traces.find(which, shown), which) }
      },
    },
    {
      method: 'GET',
      path: '/traces.json',
      answer: ({ query }) => ({ status: 200, body: traces.find(asked(query), shown) }),
    },
    {
      method: 'GET',
      path: '/traces/:id',
      answer({ params }) {
        const { id, spans } = spansOf(params)
        return { status: 200, body: tracePage(id, spans) }
      },
    },
    {
      method: 'GET',
      path: '/traces/:id/spans.json',
      answer: ({ params }) => ({ status: 200, body: spansOf(params).spans }),
    },
    {
      method: 'GET',
      path: '/traces/:id/picture.svg',
      answer({ params }) {
        const { spans } = spansOf(params)
        return { status: 200, type: 'image/svg+xml', body: picture(titleOf(spans), spans) }
      },
    },
  ],
})
log('traces', 'listening', { url })
