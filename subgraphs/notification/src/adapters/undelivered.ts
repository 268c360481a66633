/** What the delivery workers have before them, as `tellWork` of the kit wants it, read by the index of what is pending. */
export const undeliveredWork: readonly string[] = [
  `SELECT 'deliveries', channels.channel::text, count(notification.id)::int,
     coalesce(extract(epoch FROM now() - min(sent_at)), 0)::float8
   FROM unnest(enum_range(NULL::channel)) AS channels(channel)
   LEFT JOIN (delivery JOIN notification ON notification.id = delivery.notification_id)
     ON delivery.channel = channels.channel AND delivery.state = 'PENDING'
   GROUP BY channels.channel`,
]
