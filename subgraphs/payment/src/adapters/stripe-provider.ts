import Stripe from 'stripe'
import type { Charge, NotTakenIn, Provider, Unknown } from '../application/ports.ts'
import { noSuchPaymentMethod, type Outcome } from '../domain/decide.ts'
import { toStripeAmount } from './stripe-amounts.ts'

export type StripeOptions = {
  secretKey: string
  /** Milliseconds for an answer to questions and refunds. */
  withinMs: number
  /** Where Stripe's API is, unless it is at Stripe. */
  api?: { host: string; port: number; protocol: 'http' | 'https' }
}

/** Clocks of ours and of Stripe's may differ by so much. */
const skewSeconds = 300

/**
 * Stripe: a charge is a PaymentIntent, created and confirmed in one request whose idempotency key is the charge's.
 * Stripe forgets idempotency keys after a day or more, so what may be asked again later than that (refunds, closing)
 * looks at what is there first: every object carries our key in its metadata.
 */
export function stripeProvider({ secretKey, withinMs, api }: StripeOptions): Provider {
  const stripe = new Stripe(secretKey, { ...api, timeout: withinMs, maxNetworkRetries: 0, telemetry: false })

  const order = ({ key, amount: { currency }, reference }: Charge, amount: number) => ({
    amount,
    currency: currency.toLowerCase(),
    payment_method_types: ['card'],
    metadata: { ...reference, attemptId: key },
  })

  /** Listing, unlike Stripe's search, sees what was just written. The newest come first. */
  async function find({ key, startedAt }: Charge): Promise<Outcome | { outcome: 'none' } | Unknown> {
    const gte = Math.floor(startedAt / 1000) - skewSeconds
    for await (const intent of stripe.paymentIntents.list({ created: { gte }, limit: 100 })) {
      if (intent.metadata.attemptId === key) return outcomeOf(intent)
    }
    return { outcome: 'none' }
  }

  async function charge(charge: Charge, timeout: number): Promise<Outcome | Unknown> {
    const amount = amountOf(charge)
    if (amount === null) return notChargeable
    const intent = await stripe.paymentIntents.create(
      {
        ...order(charge, amount),
        payment_method: charge.method,
        confirm: true,
        error_on_requires_action: true,
      },
      { idempotencyKey: charge.key, timeout },
    )
    return outcomeOf(intent)
  }

  /** Uses the key up for a PaymentIntent that is never confirmed: Stripe then refuses it to any other request. */
  async function close(charge: Charge): Promise<Outcome | Unknown> {
    const amount = amountOf(charge)
    // Stripe was never asked for it, nor ever will be.
    if (amount === null) return { outcome: 'closed' }
    const found = await find(charge)
    if (found.outcome !== 'none') return found
    try {
      const unconfirmed = await stripe.paymentIntents.create(order(charge, amount), {
        idempotencyKey: charge.key,
      })
      await stripe.paymentIntents.cancel(unconfirmed.id)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeIdempotencyError)) throw error
      // The charge got there first, and has ended: it is listed, or it came to nothing.
      const ended = await find(charge)
      if (ended.outcome !== 'none') return ended
    }
    return { outcome: 'closed' }
  }

  return {
    refusesFor: () => null,
    find: (asked) => find(asked).catch(failureOf),
    close: (asked) => close(asked).catch(failureOf),

    async charge(asked, timeout) {
      try {
        return await charge(asked, timeout)
      } catch (error) {
        if (error instanceof Stripe.errors.StripeIdempotencyError) {
          const found = await find(asked).catch(failureOf)
          return found.outcome === 'none' ? unknown(error) : found
        }
        return refusalOf(error) ?? failureOf(error)
      }
    },

    async refund(providerPaymentId, { key, amount, refusals }, currency) {
      const units = toStripeAmount(amount, currency)
      if (units === null)
        return { outcome: 'refused', reason: `${notChargeable.code}: ${amount} ${currency}` }
      try {
        const given = await stripe.refunds.list({ payment_intent: providerPaymentId, limit: 100 })
        if (given.data.some((each) => each.metadata?.key === key && isUnderWay(each))) {
          return { outcome: 'refunded' }
        }
        const refund = await stripe.refunds.create(
          { payment_intent: providerPaymentId, amount: units, metadata: { key } },
          // Stripe answers a key as it did before, so that what it refused is asked for under another one.
          { idempotencyKey: refusals === 0 ? key : `${key}:${refusals}` },
        )
        if (isUnderWay(refund)) return { outcome: 'refunded' }
        if (!isRefused(refund)) return unknown(`the refund is ${refund.status}`)
        return { outcome: 'refused', reason: refund.failure_reason ?? refund.status ?? 'failed' }
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return failureOf(error)
        const passes = passingRefusals.has(error.code ?? '')
        return passes ? unknown(error) : { outcome: 'refused', reason: `${error.code}: ${error.message}` }
      }
    },
  }
}

/** What an operator sets right without a word to us: money on Stripe's account, another request that has the lock. */
const passingRefusals = new Set(['balance_insufficient', 'insufficient_funds', 'lock_timeout', 'rate_limit'])

const isRefused = ({ status }: Stripe.Refund) => status === 'failed' || status === 'canceled'

const isUnderWay = ({ status }: Stripe.Refund) =>
  status === 'succeeded' || status === 'pending' || status === 'requires_action'

/** The amount in Stripe's units, or null where Stripe cannot charge it: it is refused and never rounded. */
const amountOf = ({ amount: { amount, currency } }: Charge) => {
  const units = toStripeAmount(amount, currency)
  return units !== null && units > 0 ? units : null
}

function outcomeOf(intent: Stripe.PaymentIntent): Outcome | Unknown {
  if (typeof intent.id !== 'string') return unknown('a payment intent without an id')
  switch (intent.status) {
    case 'succeeded':
      return { outcome: 'captured', providerPaymentId: intent.id }
    case 'requires_payment_method': {
      const error = intent.last_payment_error
      if (!error) return { outcome: 'closed' }
      return declined(error.decline_code ?? error.code, error.message)
    }
    case 'requires_confirmation':
    case 'canceled':
      return { outcome: 'closed' }
    case 'requires_action':
      return declined('authentication_required')
    default:
      return unknown(`the payment intent is ${intent.status}`)
  }
}

/** Stripe's "no": nothing was charged, and the same request would be refused again. */
function refusalOf(error: unknown) {
  if (error instanceof Stripe.errors.StripeCardError) {
    return declined(error.decline_code ?? error.code, error.message)
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    // Whatever is wrong with this parameter (unknown, used up, of another account), the card itself was never asked.
    const code = error.param === 'payment_method' ? noSuchPaymentMethod : error.code
    return declined(code, error.message)
  }
  return undefined
}

function failureOf(error: unknown): Unknown | NotTakenIn {
  const { StripeAuthenticationError, StripePermissionError, StripeRateLimitError } = Stripe.errors
  const refused = [StripeAuthenticationError, StripePermissionError, StripeRateLimitError]
  if (refused.some((kind) => error instanceof kind)) return notTakenIn
  const detail = error instanceof Stripe.errors.StripeConnectionError ? error.detail : undefined
  const code = typeof detail === 'object' && 'code' in detail ? detail.code : undefined
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? notTakenIn : unknown(error)
}

const declined = (code = 'card_declined', message = 'The card was declined.') =>
  ({ outcome: 'declined', code, message }) as const

const notChargeable = declined('amount_not_chargeable', 'This amount cannot be charged in this currency.')

const unknown = (reason: unknown): Unknown => ({ outcome: 'unknown', reason: String(reason) })

const notTakenIn: NotTakenIn = { outcome: 'not taken in', retryAfterSeconds: 5 }
