-- What a notification belongs to: mails are sent later, and their trace and log lines are those of the event. New columns without
-- a value: the table is not rewritten, and what was stored before belongs to nothing.
ALTER TABLE notification ADD COLUMN correlation_id text, ADD COLUMN traceparent text;
