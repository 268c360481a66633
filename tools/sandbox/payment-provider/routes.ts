import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type Answer, type Call, HttpError, parse, type Route } from '../http.ts'
import { type Control, faults, type Operation } from './control.ts'
import type { Ledger } from './ledger.ts'

const payRequest = z.object({
  amount: z.int().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  method: z.string().min(1),
  metadata: z.record(z.string(), z.string()).default({}),
})
const refundRequest = z.object({ amount: z.int().positive() })
const idempotencyKey = z.string().min(1).max(255)

/** The provider's HTTP API, its lists for tests, and the control API. */
export function providerRoutes(ledger: Ledger, control: Control): Route[] {
  const keyOf = (call: Call) => parse(idempotencyKey, call.headers['idempotency-key'])

  async function pay(call: Call): Promise<Answer> {
    const payment = await ledger.pay(keyOf(call), parse(payRequest, call.body))
    if (payment.error) return { status: 402, body: { error: { ...payment.error, payment: payment.id } } }
    return { status: 200, body: { ...payment, refunded: ledger.refundedOf(payment.id) } }
  }

  /** A client's wish to pay is noted as it comes in, also where a fault keeps it from being worked on. */
  async function noted(call: Call): Promise<Answer> {
    ledger.noteAsked(keyOf(call))
    return faulty('pay', pay)(call)
  }

  async function refund(call: Call): Promise<Answer> {
    const { amount } = parse(refundRequest, call.body)
    return { status: 200, body: await ledger.refund(keyOf(call), call.params.id ?? '', amount) }
  }

  async function find(by: Parameters<Ledger['find']>[0]): Promise<Answer> {
    const payment = await ledger.find(by)
    if (payment) return { status: 200, body: payment }
    throw new HttpError(404, { error: { code: 'resource_missing', message: 'No such payment' } })
  }

  /** Puts a client's call under the faults that are switched on. */
  function faulty(operation: Operation, work: (call: Call) => Promise<Answer>) {
    return async (call: Call): Promise<Answer> => {
      const fate = control.next(operation)
      if (fate.delayMs > 0) await delay(fate.delayMs)
      if (fate.hold === 'work') await fate.released
      if (fate.fails) throw new HttpError(500, { error: { code: 'api_error', message: 'switched on' } })
      const answer = await work(call)
      if (fate.answerDelayMs > 0) await delay(fate.answerDelayMs)
      if (fate.hold === 'answer') await fate.released
      return fate.loses ? 'lost' : answer
    }
  }

  return [
    { method: 'POST', path: '/v1/payments', answer: noted },
    {
      method: 'GET',
      path: '/v1/payments',
      answer: faulty('query', (call) => find({ key: parse(idempotencyKey, call.query.get('key')) })),
    },
    {
      method: 'GET',
      path: '/v1/payments/:id',
      answer: faulty('query', (call) => find({ id: call.params.id ?? '' })),
    },
    {
      method: 'DELETE',
      path: '/v1/payments',
      answer: faulty('close', async (call) => ({
        status: 200,
        body: await ledger.closeKey(parse(idempotencyKey, call.query.get('key'))),
      })),
    },
    { method: 'POST', path: '/v1/payments/:id/refunds', answer: faulty('refund', refund) },
    { method: 'GET', path: '/v1/captures', answer: () => ({ status: 200, body: ledger.captures() }) },
    { method: 'GET', path: '/v1/refunds', answer: () => ({ status: 200, body: ledger.refunds() }) },
    { method: 'GET', path: '/v1/asked', answer: () => ({ status: 200, body: ledger.asked() }) },
    { method: 'GET', path: '/control', answer: () => ({ status: 200, body: control.current }) },
    {
      method: 'PUT',
      path: '/control',
      answer: (call) => {
        control.set(parse(faults, call.body ?? {}))
        return { status: 200, body: control.current }
      },
    },
    {
      method: 'DELETE',
      path: '/control',
      answer: () => {
        control.set(faults.parse({}))
        return { status: 200, body: control.current }
      },
    },
  ]
}
