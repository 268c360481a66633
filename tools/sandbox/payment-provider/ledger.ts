import { randomUUID } from 'node:crypto'
import { HttpError } from '../http.ts'
import { fingerprintOf } from './fingerprint.ts'
import { type Journal, openJournal } from './journal.ts'
import { testCard } from './test-cards.ts'

/** Amounts are minor units, `created` is an ISO instant. */
export type Payment = {
  id: string
  key: string
  status: 'succeeded' | 'declined'
  amount: number
  currency: string
  method: string
  metadata: Record<string, string>
  error: { code: string; decline_code: string; message: string } | null
  created: string
}

export type Refund = {
  id: string
  key: string
  paymentId: string
  status: 'succeeded'
  amount: number
  currency: string
  /** The payment's. */
  metadata: Record<string, string>
  created: string
}

/** The mark on a key that was closed before anything was paid under it. */
export type Closure = { key: string; status: 'closed'; created: string }

type Entry = { fingerprint: string } & ({ payment: Payment } | { refund: Refund } | { closure: Closure })
/** An entry with the promise that it is on the disk: nobody is answered before that. */
type Known = { entry: Entry; durable: Promise<void> }

/**
 * Every payment and refund, in memory and in a journal. A key's first use decides; the same key with the same
 * request gives the same result, however often and however concurrently, and with another request is refused.
 */
export class Ledger {
  #journal: Journal<Entry>
  #byKey: Map<string, Known>
  #payments = new Map<string, Payment>()
  #refundedOf = new Map<string, number>()
  #askedOf = new Map<string, number>()

  /** Reads back what earlier processes answered. */
  static async open(path: string): Promise<Ledger> {
    const entries: Entry[] = []
    return new Ledger(await openJournal<Entry>(path, (entry) => entries.push(entry)), entries)
  }

  private constructor(journal: Journal<Entry>, entries: Entry[]) {
    this.#journal = journal
    this.#byKey = new Map()
    for (const entry of entries) this.#apply(entry, Promise.resolve())
  }

  /** Authorises and captures, or declines; both are kept under the key. */
  async pay(
    key: string,
    request: Pick<Payment, 'amount' | 'currency' | 'method' | 'metadata'>,
  ): Promise<Payment> {
    const fingerprint = fingerprintOf({ pay: request })
    const known = this.#known(key, fingerprint)
    const entry = known ?? this.#record({ fingerprint, payment: decide(key, request) })
    await entry.durable
    if ('payment' in entry.entry) return entry.entry.payment
    throw keyReused(key)
  }

  /**
   * Closes a key: unless a payment was made under it, none ever will be, not even by a request that is late.
   * Answers what the key stands for from now on.
   */
  async closeKey(key: string): Promise<(Payment & { refunded: number }) | Closure> {
    const known =
      this.#byKey.get(key) ??
      this.#record({
        fingerprint: 'closed',
        closure: { key, status: 'closed', created: new Date().toISOString() },
      })
    await known.durable
    if ('refund' in known.entry) throw keyReused(key)
    return 'closure' in known.entry ? known.entry.closure : this.#told(known.entry.payment)
  }

  /** Gives `amount` of a payment back. 404 for no such payment, 400 for more than is left of it. */
  async refund(key: string, paymentId: string, amount: number): Promise<Refund> {
    const fingerprint = fingerprintOf({ refund: { paymentId, amount } })
    const known = this.#known(key, fingerprint) ?? this.#newRefund(key, fingerprint, paymentId, amount)
    await known.durable
    if ('refund' in known.entry) return known.entry.refund
    throw keyReused(key)
  }

  /** What the provider says of a payment to whoever asks; waits until it is durable. */
  async find(
    by: { key: string } | { id: string },
  ): Promise<(Payment & { refunded: number }) | Closure | undefined> {
    const key = 'key' in by ? by.key : this.#payments.get(by.id)?.key
    const known = key === undefined ? undefined : this.#byKey.get(key)
    if (!known || 'refund' in known.entry) return undefined
    await known.durable
    return 'closure' in known.entry ? known.entry.closure : this.#told(known.entry.payment)
  }

  refundedOf(paymentId: string): number {
    return this.#refundedOf.get(paymentId) ?? 0
  }

  /** All that was captured, in the order of time. */
  captures(): Payment[] {
    return [...this.#payments.values()].filter(({ status }) => status === 'succeeded')
  }

  /** Notes that a payment was asked for under a key, before anything becomes of it. */
  noteAsked(key: string): void {
    this.#askedOf.set(key, (this.#askedOf.get(key) ?? 0) + 1)
  }

  /** How often each key was asked to pay since this process began, whether or not that was worked on. */
  asked(): { key: string; times: number }[] {
    return [...this.#askedOf].map(([key, times]) => ({ key, times }))
  }

  /** All that was given back, in the order of time. */
  refunds(): Refund[] {
    return [...this.#byKey.values()].flatMap(({ entry }) => ('refund' in entry ? [entry.refund] : []))
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  #told(payment: Payment): Payment & { refunded: number } {
    return { ...payment, refunded: this.refundedOf(payment.id) }
  }

  #known(key: string, fingerprint: string): Known | undefined {
    const known = this.#byKey.get(key)
    if (known && 'closure' in known.entry)
      throw new HttpError(409, { error: { code: 'key_closed', message: `The key was closed: ${key}` } })
    if (known && known.entry.fingerprint !== fingerprint) throw keyReused(key)
    return known
  }

  #newRefund(key: string, fingerprint: string, paymentId: string, amount: number): Known {
    const payment = this.#payments.get(paymentId)
    if (payment?.status !== 'succeeded')
      throw new HttpError(404, {
        error: { code: 'resource_missing', message: `No such payment: ${paymentId}` },
      })
    const left = payment.amount - this.refundedOf(paymentId)
    if (amount > left)
      throw new HttpError(400, {
        error: {
          code: left === 0 ? 'charge_already_refunded' : 'amount_too_large',
          message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
        },
      })
    const { currency, metadata } = payment
    const refund = { key, paymentId, status: 'succeeded' as const, amount, currency, metadata }
    return this.#record({
      fingerprint,
      refund: { id: `re_${randomUUID()}`, ...refund, created: new Date().toISOString() },
    })
  }

  #record(entry: Entry): Known {
    return this.#apply(entry, this.#journal.append(entry))
  }

  #apply(entry: Entry, durable: Promise<void>): Known {
    const known = { entry, durable }
    if ('payment' in entry) {
      this.#byKey.set(entry.payment.key, known)
      this.#payments.set(entry.payment.id, entry.payment)
    } else if ('closure' in entry) {
      this.#byKey.set(entry.closure.key, known)
    } else {
      const { key, paymentId, amount } = entry.refund
      this.#byKey.set(key, known)
      this.#refundedOf.set(paymentId, this.refundedOf(paymentId) + amount)
    }
    return known
  }
}

function decide(key: string, request: Pick<Payment, 'amount' | 'currency' | 'method' | 'metadata'>): Payment {
  const card = testCard(request.method)
  if (!card)
    throw new HttpError(400, {
      error: { code: 'resource_missing', message: `No such PaymentMethod: '${request.method}'` },
    })
  return {
    id: `pay_${randomUUID()}`,
    key,
    status: card.outcome === 'approved' ? 'succeeded' : 'declined',
    ...request,
    error:
      card.outcome === 'approved'
        ? null
        : { code: card.code, decline_code: card.declineCode, message: card.message },
    created: new Date().toISOString(),
  }
}

function keyReused(key: string): HttpError {
  return new HttpError(409, {
    error: {
      code: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters: ${key}`,
    },
  })
}
