CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The catalogue: book's own copy of what hosts offer, kept by room's events.
CREATE TABLE room_listing (
  room_id uuid PRIMARY KEY,
  -- Version of room's aggregate that this copy shows.
  version integer NOT NULL,
  host_id text NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  -- The room as it is offered: prices, rules, names (contracts/room.ts, offeredRoom).
  offer jsonb NOT NULL
);

-- Nights that somebody has claimed: a booking, a booking that is being paid, or a host's block.
CREATE TABLE stay_claim (
  id uuid PRIMARY KEY,
  room_id uuid NOT NULL,
  stay daterange NOT NULL CHECK (NOT isempty(stay) AND lower(stay) IS NOT NULL AND upper(stay) IS NOT NULL),
  kind text NOT NULL CHECK (kind IN ('BOOKING', 'BLOCK')),
  state text NOT NULL CHECK (state IN ('HELD', 'BOOKED', 'RELEASED')),
  -- The rule that no two active claims on a room overlap is kept here and nowhere else.
  CONSTRAINT stay_claim_no_overlap EXCLUDE USING gist (room_id WITH =, stay WITH &&) WHERE (state IN ('HELD', 'BOOKED'))
);

-- One per intent of a guest to book. It never becomes a booking before its payment is approved.
CREATE TABLE booking_attempt (
  id uuid PRIMARY KEY,
  guest_id text NOT NULL,
  idempotency_key text NOT NULL,
  request_fingerprint text NOT NULL,
  state text NOT NULL CHECK (state IN ('PAYING', 'CONFIRMED', 'DECLINED', 'ABORTING', 'ABORTED')),
  -- Raised by each worker that takes the attempt over: a write of an earlier owner finds no row.
  epoch integer NOT NULL DEFAULT 1,
  lease_until timestamptz(3) NOT NULL,
  hold_expires_at timestamptz(3) NOT NULL,
  result jsonb,
  claim_id uuid NOT NULL UNIQUE REFERENCES stay_claim (id),
  room_id uuid NOT NULL,
  host_id text NOT NULL,
  start_date date NOT NULL,
  end_date date NOT NULL,
  guests integer NOT NULL,
  total_amount integer NOT NULL,
  currency text NOT NULL,
  -- What the guest agreed to: price lines, cancellation policy, times, the room's names.
  terms jsonb NOT NULL,
  correlation_id text NOT NULL,
  traceparent text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
-- An aborted attempt left nothing behind, so its key is free again.
CREATE UNIQUE INDEX booking_attempt_key ON booking_attempt (guest_id, idempotency_key) WHERE state <> 'ABORTED';
CREATE INDEX booking_attempt_unsettled ON booking_attempt (lease_until) WHERE state IN ('PAYING', 'ABORTING');

-- Inserted only after approval: no reader can ever see an unpaid booking.
CREATE TABLE booking (
  id uuid PRIMARY KEY,
  attempt_id uuid NOT NULL UNIQUE REFERENCES booking_attempt (id),
  payment_id uuid NOT NULL UNIQUE,
  claim_id uuid NOT NULL UNIQUE REFERENCES stay_claim (id),
  version integer NOT NULL DEFAULT 1,
  status text NOT NULL DEFAULT 'BOOKED' CHECK (status IN ('BOOKED', 'CANCELED')),
  room_id uuid NOT NULL,
  guest_id text NOT NULL,
  host_id text NOT NULL,
  start_date date NOT NULL,
  end_date date NOT NULL CHECK (end_date > start_date),
  guests integer NOT NULL,
  total_amount integer NOT NULL,
  currency text NOT NULL,
  terms jsonb NOT NULL,
  booked_at timestamptz(3) NOT NULL,
  canceled_at timestamptz(3),
  canceled_by text CHECK (canceled_by IN ('GUEST', 'HOST', 'SERVICE_CENTER', 'ROOM_DELETED')),
  cancel_reason text,
  refund_amount integer,
  CHECK ((status = 'CANCELED') = (canceled_at IS NOT NULL AND canceled_by IS NOT NULL AND refund_amount IS NOT NULL))
);
CREATE INDEX booking_upcoming ON booking (room_id, end_date) WHERE status = 'BOOKED';

CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL UNIQUE,
  context text NOT NULL,
  aggregate_id text NOT NULL,
  version integer NOT NULL,
  type text NOT NULL,
  schema_version integer NOT NULL,
  data jsonb NOT NULL,
  correlation_id text NOT NULL,
  traceparent text NOT NULL,
  occurred_at timestamptz(3) NOT NULL DEFAULT now(),
  published_at timestamptz(3)
);
CREATE INDEX outbox_unpublished ON outbox (seq) WHERE published_at IS NULL;

CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id text NOT NULL,
  aggregate text NOT NULL,
  version integer NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id),
  UNIQUE (consumer, aggregate, version)
);

CREATE TABLE dead_letter (
  consumer text NOT NULL,
  event_id text NOT NULL,
  subject text NOT NULL,
  envelope jsonb NOT NULL,
  error text NOT NULL,
  died_at timestamptz(3) NOT NULL DEFAULT now(),
  retry_requested_at timestamptz(3),
  PRIMARY KEY (consumer, event_id)
);
