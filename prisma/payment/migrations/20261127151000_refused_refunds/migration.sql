-- A refund that the provider refuses for good waits for a person, as a dead letter, and not for the worker. New columns
-- with constant defaults: neither table is rewritten.
ALTER TABLE refund ADD COLUMN refusals integer NOT NULL DEFAULT 0, ADD COLUMN refusal text;
ALTER TABLE payment ADD COLUMN refund_refused boolean NOT NULL DEFAULT false;
-- What is not finished cannot be forgotten, but by the name of a person's business. The check reads the table once.
ALTER TABLE payment DROP CONSTRAINT payment_unfinished_is_due;
ALTER TABLE payment ADD CONSTRAINT payment_unfinished_is_due CHECK
  ((state IN ('PENDING', 'REFUND_PENDING', 'VOIDING') AND NOT refund_refused) = (due_at IS NOT NULL));
ALTER TABLE payment ADD CONSTRAINT payment_only_refunds_are_refused CHECK
  (NOT refund_refused OR state IN ('REFUND_PENDING', 'VOIDING'));
