import type { Announcement } from '@myhotel/contracts/event'
import { firstIdOf } from '@myhotel/kit/ids'
import type { Payments, Stored } from '../application/ports.ts'
import { isApproved, type Payment } from '../domain/payment.ts'
import { nextStep } from '../domain/standing.ts'
import type { PaymentsUnderTest } from './payments-contract.ts'

type Entry = Stored & { dueAt: number | null; tries: number }

export type FakePayments = PaymentsUnderTest & {
  announcements: Announcement[]
  /** Makes the next `save` throw before it has saved, as a crash or a lost database would. */
  crashBeforeSave(): void
  /** As if all pauses were over. */
  letPausesPass(): void
}

/** Payments in memory, which keep the contract of the real ones. */
export function fakePayments(): FakePayments {
  const byId = new Map<string, Entry>()
  const announcements: Announcement[] = []
  const retries: string[] = []
  let crash = false

  const find = (wanted: (payment: Payment) => boolean): Stored | null => {
    const entry = [...byId.values()].find(({ payment }) => wanted(payment))
    return entry ? { payment: entry.payment, revision: entry.revision } : null
  }
  const isFinished = (payment: Payment) => nextStep(payment, 0) === null

  const payments: Payments = {
    async begin(payment, leaveAloneMs) {
      const known = find(({ attemptId }) => attemptId === payment.attemptId)
      if (known) return { known }
      const dueAt = isFinished(payment) ? null : Date.now() + leaveAloneMs
      byId.set(payment.id, { payment, revision: 0, dueAt, tries: 0 })
      return { begun: { payment, revision: 0 } }
    },
    async forget({ payment, revision }) {
      return byId.get(payment.id)?.revision === revision && byId.delete(payment.id)
    },
    byAttempt: async (attemptId) => find((payment) => payment.attemptId === attemptId),
    byId: async (id) => find((payment) => payment.id === id),
    async byIds(ids) {
      const found = ids.flatMap((id) => find((payment) => payment.id === id) ?? [])
      return new Map(found.map((stored) => [stored.payment.id, stored]))
    },
    async byBookings(bookingIds) {
      const approved = [...byId.values()].map(({ payment }) => payment).filter(isApproved)
      const wanted = approved.filter(({ intent }) => bookingIds.includes(intent.bookingId))
      return new Map(wanted.map((payment) => [payment.intent.bookingId, payment]))
    },
    async approvedBetween(from, before, after, most) {
      const approved = [...byId.values()].map(({ payment }) => payment).filter(isApproved)
      const wanted = approved.filter(
        ({ id }) => id >= firstIdOf(from) && id < firstIdOf(before) && (after === null || id > after),
      )
      return wanted.sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, most)
    },
    async save(before, after, announced) {
      if (crash) {
        crash = false
        throw new Error('crashed before the commit')
      }
      const { id } = before.payment
      if (byId.get(id)?.revision !== before.revision) return null
      const saved = { payment: after, revision: before.revision + 1 }
      byId.set(id, { ...saved, dueAt: isFinished(after) ? null : Date.now(), tries: 0 })
      announcements.push(...announced)
      return saved
    },
    async retryRefused() {
      const key = retries.shift()
      const entry = [...byId.values()].find(({ payment }) =>
        refundsOf(payment).some((each) => each.key === key),
      )
      if (!entry || !('refunds' in entry.payment)) return false
      const refunds = entry.payment.refunds.map((each) =>
        each.key === key ? { ...each, refusal: null } : each,
      )
      const { id } = entry.payment
      byId.set(id, {
        ...{ payment: { ...entry.payment, refunds }, revision: entry.revision + 1 },
        ...{ dueAt: Date.now(), tries: 0 },
      })
      return true
    },
    async workOnDue(most, pauseMs, work) {
      const now = Date.now()
      const due = [...byId.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= now).slice(0, most)
      for (const entry of due) {
        entry.dueAt = now + pauseMs(entry.tries)
        entry.tries += 1
        byId.set(entry.payment.id, { ...entry, revision: entry.revision + 1 })
      }
      await Promise.all(
        due.map(({ payment, revision, tries }) => work({ payment, revision: revision + 1 }, tries)),
      )
      return due.length
    },
  }

  return {
    payments,
    announcements,
    announced: async () =>
      announcements.map(
        ({ contract, aggregateId, version }) => `${contract.context}.${aggregateId}:${version}`,
      ),
    deadLetters: async () =>
      [...byId.values()].flatMap(({ payment }) =>
        refundsOf(payment).flatMap(({ key, refusal }) =>
          refusal === null ? [] : [{ key, reason: refusal }],
        ),
      ),
    async requestRetry(key) {
      retries.push(key)
    },
    crashBeforeSave() {
      crash = true
    },
    letPausesPass() {
      for (const entry of byId.values()) if (entry.dueAt !== null) entry.dueAt = 0
    },
  }
}

const refundsOf = (payment: Payment) => ('refunds' in payment ? payment.refunds : [])
