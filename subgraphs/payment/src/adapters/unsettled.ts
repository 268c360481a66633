/** What the recovery worker has before it, as `tellWork` of the kit wants it: each is read by the index of due payments. */
export const unsettledWork: readonly string[] = [
  `SELECT 'charges', '', count(*)::int, coalesce(extract(epoch FROM now() - min(started_at)), 0)::float8
   FROM payment WHERE due_at IS NOT NULL AND state = 'PENDING'`,
  `SELECT 'refunds', '', count(*)::int, coalesce(extract(epoch FROM now() - min(requested_at)), 0)::float8
   FROM payment JOIN refund ON refund.payment_id = payment.id
   WHERE due_at IS NOT NULL AND refunded_at IS NULL AND refusal IS NULL`,
]
