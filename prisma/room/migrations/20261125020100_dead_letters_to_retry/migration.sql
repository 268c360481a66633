-- Those to be retried are looked for every second; the others, however many lie there, are not read for it.
CREATE INDEX dead_letter_to_retry ON dead_letter (consumer, retry_requested_at) WHERE retry_requested_at IS NOT NULL;
