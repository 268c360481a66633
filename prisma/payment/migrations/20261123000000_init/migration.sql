CREATE TABLE payment (
  id uuid PRIMARY KEY,
  attempt_id uuid NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('PENDING', 'DECLINED', 'TOMBSTONED', 'VOIDING', 'VOIDED',
    'APPROVED', 'REFUND_PENDING', 'CANCELED', 'PARTIALLY_REFUNDED')),
  voided boolean NOT NULL DEFAULT false,
  booking_id uuid,
  guest_id text,
  host_id text,
  room_id text,
  amount integer,
  currency text,
  method text,
  started_at timestamptz(3) NOT NULL,
  deadline timestamptz(3),
  provider_payment_id text UNIQUE,
  approved_at timestamptz(3),
  decline_code text,
  decline_message text,
  version integer NOT NULL DEFAULT 0,
  revision integer NOT NULL DEFAULT 0,
  due_at timestamptz(3),
  tries integer NOT NULL DEFAULT 0,
  correlation_id text NOT NULL,
  traceparent text NOT NULL,
  -- Only the tombstone of an attempt that was never seen knows nothing of what was to be paid.
  CONSTRAINT payment_knows_its_intent CHECK (state = 'TOMBSTONED' OR
    num_nulls(booking_id, guest_id, host_id, room_id, amount, currency, method, deadline) = 0),
  CONSTRAINT payment_captured_has_provider_id CHECK
    ((state IN ('PENDING', 'DECLINED', 'TOMBSTONED')) = (provider_payment_id IS NULL)),
  CONSTRAINT payment_approved_has_time CHECK
    ((state IN ('APPROVED', 'REFUND_PENDING', 'CANCELED', 'PARTIALLY_REFUNDED')) = (approved_at IS NOT NULL)),
  -- What is not finished cannot be forgotten.
  CONSTRAINT payment_unfinished_is_due CHECK
    ((state IN ('PENDING', 'REFUND_PENDING', 'VOIDING')) = (due_at IS NOT NULL))
);
-- A booking stands on one approved payment.
CREATE UNIQUE INDEX payment_approved_of_booking ON payment (booking_id) WHERE approved_at IS NOT NULL;
CREATE INDEX payment_due ON payment (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE refund (
  key text PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES payment (id),
  amount integer NOT NULL CHECK (amount >= 0),
  requested_at timestamptz(3) NOT NULL DEFAULT now(),
  refunded_at timestamptz(3)
);
CREATE INDEX refund_payment_id_idx ON refund (payment_id);

CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL UNIQUE,            -- <context>.<aggregate_id>:<version>
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
  aggregate text NOT NULL,                   -- <context>.<aggregate_id>
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
