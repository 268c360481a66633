/** What the recovery worker has before it, as `tellWork` of the kit wants it: each is read by the index of unsettled attempts. */
export const unsettledWork: readonly string[] = [
  `SELECT 'attempts', states.state, count(a.id)::int,
     coalesce(extract(epoch FROM now() - min(a.created_at)), 0)::float8
   FROM (VALUES ('PAYING'), ('ABORTING')) AS states(state)
   LEFT JOIN (SELECT * FROM booking_attempt WHERE state IN ('PAYING', 'ABORTING')) AS a ON a.state = states.state
   GROUP BY states.state`,
  `SELECT 'expired leases', '', count(*)::int, coalesce(extract(epoch FROM now() - min(lease_until)), 0)::float8
   FROM booking_attempt WHERE state IN ('PAYING', 'ABORTING') AND lease_until < now()`,
]
