-- Amounts of minor units up to 2^53 - 1: 32 bits are too few for rupiah and pesos. Every amount is kept.
--
-- Both tables are rewritten with their indexes, each under an exclusive lock: rooms are neither found nor changed
-- meanwhile. See docs/reliability.md, "Migrations that rewrite a table", for how long that takes.
ALTER TABLE room
  ALTER COLUMN price_per_night TYPE bigint,
  ALTER COLUMN cleaning_fee TYPE bigint,
  ADD CONSTRAINT room_amounts_are_exact
    CHECK (price_per_night <= 9007199254740991 AND cleaning_fee <= 9007199254740991);
ALTER TABLE room_listing ALTER COLUMN price TYPE bigint;
