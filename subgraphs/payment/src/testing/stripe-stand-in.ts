import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

type Params = Record<string, string>
type Intent = {
  id: string
  object: 'payment_intent'
  created: number
  amount: number
  currency: string
  status: string
  metadata: Params
  last_payment_error: object | null
}
type Refund = {
  id: string
  object: 'refund'
  payment_intent: string
  amount: number
  currency: string
  status: string
  failure_reason?: string
  metadata: Params
}
type Answer = { status: number; body: object }

const declines: Record<string, { code: string; decline_code: string }> = {
  pm_card_visa_chargeDeclined: { code: 'card_declined', decline_code: 'generic_decline' },
  pm_card_visa_chargeDeclinedInsufficientFunds: { code: 'card_declined', decline_code: 'insufficient_funds' },
  pm_card_chargeDeclinedExpiredCard: { code: 'expired_card', decline_code: 'expired_card' },
}

/**
 * Stripe's rules for amounts, written down anew from its documentation, so that they judge the adapter's table: decimals
 * of Stripe's unit, and what amounts must be multiples of.
 */
export function stripeUnitOf(currency: string): { decimals: number; multipleOf: number } {
  const code = currency.toLowerCase()
  if (/^(isk|ugx)$/.test(code)) return { decimals: 2, multipleOf: 100 }
  if (/^(bhd|jod|kwd|omr|tnd)$/.test(code)) return { decimals: 3, multipleOf: 10 }
  if (/^(bif|clp|djf|gnf|jpy|kmf|krw|mga|pyg|rwf|vnd|vuv|xaf|xof|xpf)$/.test(code))
    return { decimals: 0, multipleOf: 1 }
  return { decimals: 2, multipleOf: 1 }
}

/** Active currencies that Stripe does not present. */
const notPresented =
  /^(btn|bov|che|chw|clf|cou|cup|ern|ghs|iqd|irr|kpw|lyd|mru|mxv|sdg|ssp|stn|svc|syp|tmt|usn|uyi|uyw|ved|ves|xad|zwg)$/

/** Why Stripe would not take an amount, if so. */
function flawOf(amount: string | undefined, currency: string): Answer | undefined {
  const refused = (message: string, code?: string) => error(400, 'invalid_request_error', message, { code })
  if (!/^[a-z]{3}$/.test(currency) || notPresented.test(currency))
    return refused(`Invalid currency: ${currency}`)
  if (!/^[1-9]\d*$/.test(amount ?? ''))
    return refused('Invalid positive integer', 'parameter_invalid_integer')
  if ((amount ?? '').length > (currency === 'idr' ? 12 : 8))
    return refused('Amount too large', 'amount_too_large')
  const { decimals, multipleOf } = stripeUnitOf(currency)
  if (Number(amount) % multipleOf === 0) return undefined
  const code = decimals === 2 ? 'invalid_charge_amount_no_decimal_compatible' : 'parameter_invalid_integer'
  return refused(`Invalid amount. Amounts in ${currency} must be divisible by ${multipleOf}`, code)
}

/**
 * A small server that speaks the part of Stripe's documented API that the adapter uses: form-encoded requests,
 * idempotency keys that remember answers and refuse another request, newest first in lists of pages.
 */
export async function stripeStandIn() {
  const intents: Intent[] = []
  const refunds: Refund[] = []
  const answered = new Map<string, { fingerprint: string; answer: Answer }>()
  /** `refuse`: the code with which refunds are refused; `failRefunds`: the reason for which they fail afterwards. */
  const faults = { lose: false, fail: false, refuse: '', failRefunds: '' }
  let ids = 0

  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const answer = faults.fail ? error(500, 'api_error', 'switched on') : once(request, text)
    if (faults.lose) return response.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  function once(request: IncomingMessage, text: string): Answer {
    const key = request.headers['idempotency-key']
    // As Stripe does it, requests that ask for nothing new need no key; the client may send one of its own.
    if (typeof key !== 'string' || request.method !== 'POST') return route(request, text)
    const fingerprint = `${request.url} ${text}`
    const known = answered.get(key)
    if (known)
      return known.fingerprint === fingerprint ? known.answer : error(400, 'idempotency_error', 'key used')
    const answer = route(request, text)
    // Stripe keeps a refusal too, unless it only said that parameters are wrong.
    if (answer.status !== 400 || faults.refuse) answered.set(key, { fingerprint, answer })
    return answer
  }

  function route(request: IncomingMessage, text: string): Answer {
    const url = new URL(request.url ?? '', 'http://stripe')
    const params = Object.fromEntries(new URLSearchParams(text))
    const query = Object.fromEntries(url.searchParams)
    const cancel = /^\/v1\/payment_intents\/(\w+)\/cancel$/.exec(url.pathname)?.[1]
    if (cancel) return cancelIntent(cancel)
    if (url.pathname === '/v1/payment_intents') return request.method === 'GET' ? list(query) : create(params)
    if (request.method === 'GET') return listRefunds(query)
    return refund(params)
  }

  function create(params: Params): Answer {
    const method = params.payment_method
    const decline = declines[method ?? '']
    if (method && !decline && method !== 'pm_card_visa') {
      return error(400, 'invalid_request_error', `No such PaymentMethod: '${method}'`, {
        code: 'resource_missing',
        param: 'payment_method',
      })
    }
    const flaw = flawOf(params.amount, params.currency ?? '')
    if (flaw) return flaw
    const failure = decline && { type: 'card_error', message: 'Your card was declined.', ...decline }
    const intent: Intent = {
      id: `pi_${++ids}`,
      object: 'payment_intent',
      created: Math.floor(Date.now() / 1000),
      amount: Number(params.amount),
      currency: params.currency ?? '',
      status: params.confirm !== 'true' || failure ? 'requires_payment_method' : 'succeeded',
      metadata: metadataOf(params),
      last_payment_error: failure ?? null,
    }
    intents.unshift(intent)
    return failure ? error(402, 'card_error', failure.message, decline) : { status: 200, body: intent }
  }

  function list(query: Params): Answer {
    const wanted = intents.filter(({ created }) => created >= Number(query['created[gte]'] ?? 0))
    const from = query.starting_after ? wanted.findIndex(({ id }) => id === query.starting_after) + 1 : 0
    // Pages of two, whatever is asked for, so that tests turn them.
    const data = wanted.slice(from, from + 2)
    const body = { object: 'list', url: '/v1/payment_intents', data, has_more: from + 2 < wanted.length }
    return { status: 200, body }
  }

  function cancelIntent(id: string): Answer {
    const intent = intents.find((candidate) => candidate.id === id)
    if (!intent) return error(404, 'invalid_request_error', 'no such intent', { code: 'resource_missing' })
    intent.status = 'canceled'
    return { status: 200, body: intent }
  }

  function listRefunds(query: Params): Answer {
    const data = refunds.filter(({ payment_intent: of }) => of === query.payment_intent)
    return { status: 200, body: { object: 'list', url: '/v1/refunds', data, has_more: false } }
  }

  function refund(params: Params): Answer {
    const of = params.payment_intent ?? ''
    const intent = intents.find(({ id, status }) => id === of && status === 'succeeded')
    const backOf = ({ payment_intent, status, amount }: Refund) =>
      payment_intent === of && status === 'succeeded' ? amount : 0
    const back = refunds.reduce((sum, given) => sum + backOf(given), 0)
    if (faults.refuse) return error(400, 'invalid_request_error', 'switched on', { code: faults.refuse })
    const flaw = intent && flawOf(params.amount, intent.currency)
    if (flaw) return flaw
    const amount = Number(params.amount)
    if (!intent || back + amount > intent.amount) {
      return error(400, 'invalid_request_error', 'greater than unrefunded amount', {
        code: 'amount_too_large',
      })
    }
    const id = `re_${++ids}`
    const given: Refund = {
      id,
      object: 'refund',
      payment_intent: of,
      amount,
      currency: intent.currency,
      status: faults.failRefunds ? 'failed' : 'succeeded',
      ...(faults.failRefunds && { failure_reason: faults.failRefunds }),
      metadata: metadataOf(params),
    }
    refunds.push(given)
    return { status: 200, body: given }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    intents,
    refunds,
    /** As Stripe does after a day or more. */
    forgetKeys: () => answered.clear(),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function metadataOf(params: Params): Params {
  const entries = Object.entries(params).flatMap(([name, value]) => {
    const key = /^metadata\[(\w+)\]$/.exec(name)?.[1]
    return key ? [[key, value]] : []
  })
  return Object.fromEntries(entries)
}

function error(status: number, type: string, message: string, more: object = {}): Answer {
  return { status, body: { error: { type, message, ...more } } }
}
