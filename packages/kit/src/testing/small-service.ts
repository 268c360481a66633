import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { processEnv, readEnv } from '../env.ts'
import { answer, httpServer } from '../http.ts'
import { createLogger } from '../logger.ts'
import { loop } from '../loop.ts'
import { type Part, runService } from '../service.ts'

/**
 * The smallest service, run as its own process by tests of how services live. It answers when all of a request has come.
 * `/store/away`, `/store/silent` and `/store/back` are what becomes of something that it needs, and `/wedge` has its
 * worker never come round again.
 */
const env = readEnv(
  z.object({
    ...processEnv,
    START_WITHIN_MS: z.coerce.number().default(0),
    STORE: z.string().default('back'),
  }),
)
const log = createLogger('small', env.LOG_LEVEL)

let storeIs = env.STORE
const store: Part = {
  name: 'store',
  start: () => delay(env.START_WITHIN_MS),
  async ready() {
    if (storeIs === 'silent') await new Promise(() => undefined)
    if (storeIs !== 'back') throw new Error('the store is away')
  },
}

let isWedged = false
const worker = loop({
  name: 'worker',
  everyMs: 20,
  roundWithinMs: 100,
  log,
  async work() {
    if (isWedged) await new Promise(() => undefined)
  },
})

const http = httpServer({
  ...{ port: env.PORT, host: env.HOST, maxAgeMs: env.CONNECTION_MAX_AGE_MS, log },
  handle(request, response) {
    const [, first = '', state = ''] = request.url?.split('/') ?? []
    if (first === 'store') storeIs = state
    if (first === 'wedge') isWedged = true
    const status = ['', 'store', 'wedge'].includes(first) ? 200 : 404
    request.resume().once('end', () => answer(response, status, {}))
  },
})

await runService(log, [store, worker, http], env)
