/** Counted no further: what is behind by so much is behind. */
const mostCounted = 10_000

/** What the delivery workers have before them, as `tellWork` of the kit wants it, read by the index of what is pending. */
export const undeliveredWork: readonly string[] = [
  `SELECT 'deliveries', channels.channel::text, count(notification.id)::int,
     coalesce(extract(epoch FROM now() - min(sent_at)), 0)::float8
   FROM unnest(enum_range(NULL::channel)) AS channels(channel)
   LEFT JOIN LATERAL (
     SELECT notification_id FROM delivery
     WHERE delivery.channel = channels.channel AND state = 'PENDING' ORDER BY due_at LIMIT ${mostCounted}
   ) AS pending ON true
   LEFT JOIN notification ON notification.id = pending.notification_id
   GROUP BY channels.channel`,
]
