import { fetchText } from '@myhotel/kit/fetch-text'
import { wasNeverSent } from '@myhotel/kit/never-sent'
import { Pool } from 'undici'
import { z } from 'zod'
import type { Charge, NotTakenIn, Provider, Unknown } from '../application/ports.ts'
import { noSuchPaymentMethod, type Outcome } from '../domain/decide.ts'

/** What the provider answers of a payment. */
const told = z.union([
  z.object({ status: z.literal('succeeded'), id: z.string() }),
  z.object({
    status: z.literal('declined'),
    error: z.object({ decline_code: z.string(), message: z.string() }),
  }),
  z.object({ status: z.literal('closed') }),
])

const given = z.object({ status: z.literal('succeeded') })

const refusal = z.object({
  error: z.object({ code: z.string(), message: z.string(), decline_code: z.string().optional() }),
})

type Answer = { readonly status: number; readonly body: unknown }

/**
 * The sandbox's HTTP API. Questions and refunds have `withinMs` for an answer. `release` closes its connections.
 */
export function sandboxProvider(options: { url: string; withinMs: number; connections: number }) {
  const pool = new Pool(new URL(options.url).origin, {
    connections: options.connections,
    connectTimeout: 1_000,
    keepAliveTimeout: 30_000,
  })

  async function ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { key, body, withinMs = options.withinMs }: { key?: string; body?: unknown; withinMs?: number } = {},
  ): Promise<Answer | Unknown | NotTakenIn> {
    try {
      const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) }
      const question = { method, path, headers, body: body === undefined ? null : JSON.stringify(body) }
      const { status, bytes } = await fetchText(pool, question, withinMs)
      if (status === 429) return notTakenIn
      if (status === 401 || status === 403) return notTakenIn
      if (status >= 500) return unknown(`${status} ${bytes.toString('utf8', 0, 200)}`)
      return { status, body: JSON.parse(bytes.toString()) }
    } catch (error) {
      return wasNeverSent(error) ? notTakenIn : unknown(String(error))
    }
  }

  /** An answer that tells of a payment: its outcome. */
  function outcomeOf(answer: Answer | Unknown | NotTakenIn): Outcome | Unknown | NotTakenIn {
    if ('outcome' in answer) return answer
    const payment = told.safeParse(answer.body)
    if (answer.status !== 200 || !payment.success)
      return unknown(`${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`)
    const { data } = payment
    if (data.status === 'closed') return { outcome: 'closed' }
    if (data.status === 'succeeded') return { outcome: 'captured', providerPaymentId: data.id }
    return { outcome: 'declined', code: data.error.decline_code, message: data.error.message }
  }

  const provider: Provider = {
    refusesFor: () => null,

    async charge({ key, amount, method, reference }, withinMs) {
      const body = { ...amount, method, metadata: { ...reference, attemptId: key } }
      const answer = await ask('POST', '/v1/payments', { key, body, withinMs })
      if ('outcome' in answer || answer.status === 200) return outcomeOf(answer)
      const refused = refusal.safeParse(answer.body)
      if (!refused.success) return outcomeOf(answer)
      const { code, decline_code: declineCode, message } = refused.data.error
      if (code === 'key_closed') return { outcome: 'closed' }
      // The key was used for another request: what became of that one is not said.
      if (answer.status === 409) return unknown(message)
      if (code === 'resource_missing') return { outcome: 'declined', code: noSuchPaymentMethod, message }
      return { outcome: 'declined', code: declineCode ?? code, message }
    },

    async find({ key }) {
      const answer = await ask('GET', byKey(key))
      return isMissing(answer) ? { outcome: 'none' } : outcomeOf(answer)
    },

    async close({ key }: Charge) {
      return outcomeOf(await ask('DELETE', byKey(key)))
    },

    async refund(providerPaymentId, { key, amount }) {
      const answer = await ask('POST', `/v1/payments/${providerPaymentId}/refunds`, { key, body: { amount } })
      if ('outcome' in answer) return answer
      if (given.safeParse(answer.body).success && answer.status === 200) return { outcome: 'refunded' }
      if (!refusal.safeParse(answer.body).success) return unknown(`${answer.status} is no answer to a refund`)
      return { outcome: 'refused', reason: JSON.stringify(answer.body) }
    },
  }
  return { provider, release: () => pool.close() }
}

/** Whether the provider itself says that there is no such payment: whoever stands in between may say 404, too. */
function isMissing(answer: Answer | Unknown | NotTakenIn): boolean {
  if ('outcome' in answer || answer.status !== 404) return false
  return refusal.safeParse(answer.body).data?.error.code === 'resource_missing'
}

const byKey = (key: string) => `/v1/payments?key=${encodeURIComponent(key)}`

const unknown = (reason: string): Unknown => ({ outcome: 'unknown', reason })

const notTakenIn: NotTakenIn = { outcome: 'not taken in', retryAfterSeconds: 2 }
