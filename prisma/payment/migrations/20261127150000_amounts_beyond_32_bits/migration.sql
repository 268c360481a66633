-- Amounts of minor units up to 2^53 - 1: 32 bits are too few for rupiah and pesos. Every amount is kept.
--
-- Both tables are rewritten with their indexes, each under an exclusive lock: nothing is paid or refunded meanwhile. See
-- docs/reliability.md, "Migrations that rewrite a table", for how long that takes.
ALTER TABLE payment
  ALTER COLUMN amount TYPE bigint,
  ADD CONSTRAINT payment_amount_is_exact CHECK (amount <= 9007199254740991);
ALTER TABLE refund
  ALTER COLUMN amount TYPE bigint,
  ADD CONSTRAINT refund_amount_is_exact CHECK (amount <= 9007199254740991);
