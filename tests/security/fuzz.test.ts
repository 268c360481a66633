import { eventually } from '@myhotel/kit/testing'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { bookRoom, registerRoom } from '../system/hotel.ts'
import { type Request, randomRequest } from './random-request.ts'
import { client, target, tokenOf } from './target.ts'
import { staysUnharmed } from './unharmed.ts'

/** How many requests, and which: the same seed makes the same ones. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 20_000)
const seed = Number(process.env.FUZZ_SEED ?? 268_131_544)
const atATime = 20

const known: string[] = []
beforeAll(async () => {
  for (let count = 0; count < 10; count += 1) known.push(await registerRoom(client, 'host71'))
  for (const roomId of known.slice(0, 5)) known.push((await bookRoom(client, 'guest71', roomId)).booking.id)
})

/** Whoever gets one of these has found a fault of ours; an answer without a code, too. */
const ours = new Set([
  undefined,
  'INTERNAL_SERVER_ERROR',
  'BAD_GATEWAY',
  'GATEWAY_TIMEOUT',
  'INVALID_SUBGRAPH_RESPONSE',
])

type Failure = { message: string; path?: readonly unknown[]; extensions?: { code?: string } }

/**
 * A complaint names a booking or room by any id. Where there is none, or not for who asks, all that is asked of it is
 * null, and the router says so of each field that must not be.
 */
const leadsNowhere = ({ path = [], extensions }: Failure) =>
  extensions?.code === 'INVALID_SUBGRAPH_RESPONSE' &&
  path.some((step) => step === 'booking' || step === 'room')

/** How often the answers said what. */
const told: Record<string, number> = {}

async function tryOut({ account, body }: Request): Promise<string | undefined> {
  const authorization = account ? { authorization: `Bearer ${await token(account)}` } : undefined
  const headers = { 'content-type': 'application/json', ...authorization }
  // On a machine that is busy with other things the router turns requests away, before it looks at them.
  const response = await eventually(
    async () => {
      const answer = await fetch(target.router, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(25_000),
      })
      return answer.status === 503 ? null : answer
    },
    { everyMs: 500 },
  )
  const { errors = [] } = (await response.json()) as {
    errors?: { message: string; extensions?: { code?: string } }[]
  }
  for (const code of errors.length > 0
    ? errors.map(({ extensions }) => String(extensions?.code))
    : ['no error']) {
    told[code] = (told[code] ?? 0) + 1
  }
  const fault = errors.find((error) => ours.has(error.extensions?.code) && !leadsNowhere(error))
  if (fault || response.status >= 500)
    return `${response.status} ${JSON.stringify(errors)}\n${account}: ${body}`
}

const tokens = new Map<string, Promise<string>>()
function token(account: string): Promise<string> {
  const known = tokens.get(account) ?? tokenOf(account)
  tokens.set(account, known)
  return known
}

it(`${requests} random requests find no fault (FUZZ_SEED=${seed})`, { timeout: 3_600_000 }, async () => {
  const bytes = fc.uint8Array({ minLength: 600, maxLength: 600 })
  const property = fc.asyncProperty(
    fc.array(bytes, { minLength: atATime, maxLength: atATime }),
    async (batch) => {
      const faults = await Promise.all(batch.map((drawn) => tryOut(randomRequest(drawn, known))))
      expect(faults.filter(Boolean)).toEqual([])
    },
  )
  await fc.assert(property, { seed, numRuns: Math.ceil(requests / atATime), endOnFailure: true })
  console.log(`fuzz, seed ${seed}: ${JSON.stringify(told)}`)
  // Requests that are all refused at the door would try nothing.
  expect(told['no error'] ?? 0).toBeGreaterThan(requests / 10)
  expect(told.SERVICE_UNAVAILABLE ?? 0).toBeLessThan(requests / 100)
})

staysUnharmed()
