CREATE TABLE room (
  room_id text PRIMARY KEY,
  version integer NOT NULL,
  host_id text NOT NULL,
  name text NOT NULL,
  city text,
  country text,
  registered_at timestamptz(3),
  deleted_at timestamptz(3)
);

-- A booking counts while it is paid and not cancelled. One row per payment: however often and in whatever order
-- the two events arrive, each sets its own instant.
CREATE TABLE paid_booking (
  payment_id text PRIMARY KEY,
  booking_id text NOT NULL,
  room_id text NOT NULL,
  paid_at timestamptz(3),
  canceled_at timestamptz(3)
);
CREATE INDEX paid_booking_room_id_idx ON paid_booking (room_id);

-- Always equals SELECT count(*) FROM paid_booking WHERE room_id = … AND paid_at IS NOT NULL AND canceled_at IS NULL.
CREATE TABLE room_popularity (
  room_id text PRIMARY KEY,
  popularity integer NOT NULL DEFAULT 0 CHECK (popularity >= 0),
  version integer NOT NULL DEFAULT 0
);

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
