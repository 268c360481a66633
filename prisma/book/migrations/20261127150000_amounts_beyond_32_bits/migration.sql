-- Amounts of minor units up to 2^53 - 1: 32 bits are too few for rupiah and pesos. Every amount is kept.
--
-- Both tables are rewritten with their indexes, each under an exclusive lock: nobody books or cancels meanwhile. See
-- docs/reliability.md, "Migrations that rewrite a table", for how long that takes.
ALTER TABLE booking_attempt
  ALTER COLUMN total_amount TYPE bigint,
  ADD CONSTRAINT booking_attempt_amount_is_exact CHECK (total_amount <= 9007199254740991);
ALTER TABLE booking
  ALTER COLUMN total_amount TYPE bigint,
  ALTER COLUMN refund_amount TYPE bigint,
  ADD CONSTRAINT booking_amounts_are_exact
    CHECK (total_amount <= 9007199254740991 AND refund_amount <= 9007199254740991);
