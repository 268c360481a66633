/** Counted no further: what is behind by so much is behind. */
const mostCounted = 10_000

/**
 * What the delivery workers have before them, as `tellWork` of the kit wants it, read by the index of what is pending. Ids tell
 * which notification is the oldest.
 */
export const undeliveredWork: readonly string[] = [
  `SELECT 'deliveries', channels.channel::text, waiting.count,
     coalesce(extract(epoch FROM now() - notification.sent_at), 0)::float8
   FROM unnest(enum_range(NULL::channel)) AS channels(channel)
   CROSS JOIN LATERAL (
     SELECT count(*)::int AS count, (array_agg(notification_id ORDER BY notification_id))[1] AS oldest
     FROM (
       SELECT notification_id FROM delivery
       WHERE delivery.channel = channels.channel AND state = 'PENDING' ORDER BY due_at LIMIT ${mostCounted}
     ) AS pending
   ) AS waiting
   LEFT JOIN notification ON notification.id = waiting.oldest`,
]
