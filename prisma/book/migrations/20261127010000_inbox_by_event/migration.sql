-- An event's id says its aggregate and its place in it: one index finds it, and the one before it.
ALTER TABLE inbox ADD CONSTRAINT inbox_event_id_check CHECK (event_id = aggregate || ':' || version);
ALTER TABLE inbox DROP CONSTRAINT inbox_consumer_aggregate_version_key;
