import { toMinorUnits } from '@myhotel/kit/minor-units'
import type { Money, Payment } from '../domain/payment.ts'
import type { Prisma } from './prisma-client/client.ts'

/** What is read of a payment. */
export const withRefunds = { refunds: { orderBy: { requestedAt: 'asc' } } } satisfies Prisma.PaymentInclude

export type PaymentRow = Prisma.PaymentGetPayload<{ include: typeof withRefunds }>

/** A row as the domain has it. The schema's checks say which columns hold something in which state. */
export function toPayment(row: PaymentRow): Payment {
  const { id, attemptId, version, voided } = row
  const attempt = { id, attemptId, version, voided, startedAt: row.startedAt.getTime() }
  if (row.state === 'TOMBSTONED') {
    return { ...attempt, state: row.state, intent: row.bookingId === null ? null : toIntent(row) }
  }
  const pending = { ...attempt, intent: toIntent(row) }
  if (row.state === 'PENDING') return { ...pending, state: row.state }
  if (row.state === 'DECLINED') {
    const decline = { code: there(row.declineCode), message: there(row.declineMessage) }
    return { ...pending, state: row.state, decline }
  }
  const refunds = row.refunds.map(({ key, amount, refundedAt, refusals, refusal }) => ({
    key,
    amount: toMinorUnits(amount),
    refundedAt: refundedAt?.getTime() ?? null,
    refusals,
    refusal,
  }))
  const captured = { ...pending, providerPaymentId: there(row.providerPaymentId), refunds }
  switch (row.state) {
    case 'VOIDING':
    case 'VOIDED':
      return { ...captured, state: row.state }
    case 'APPROVED':
    case 'REFUND_PENDING':
    case 'CANCELED':
    case 'PARTIALLY_REFUNDED':
      return { ...captured, state: row.state, approvedAt: there(row.approvedAt).getTime() }
    default:
      throw new Error(`payment ${id} is in an unknown state: ${row.state}`)
  }
}

function toIntent(row: PaymentRow) {
  const amount: Money = { amount: toMinorUnits(there(row.amount)), currency: there(row.currency) }
  return {
    bookingId: there(row.bookingId),
    guestId: there(row.guestId),
    hostId: there(row.hostId),
    roomId: there(row.roomId),
    method: there(row.method),
    deadline: there(row.deadline).getTime(),
    amount,
  }
}

function there<Value>(value: Value | null): Value {
  if (value === null) throw new Error('a column is empty that the schema says is not')
  return value
}
