CREATE TYPE kind AS ENUM (
  'BOOKED', 'BOOKING_RECEIVED', 'PAYMENT_APPROVED', 'BOOK_CANCELED', 'PAYMENT_CANCELED', 'COMPLAINT_FILED',
  'COMPLAINT_CLOSED'
);
CREATE TYPE channel AS ENUM ('IN_APP', 'EMAIL', 'PUSH');
CREATE TYPE delivery_state AS ENUM ('PENDING', 'DELIVERED', 'UNREACHABLE', 'GIVEN_UP');

CREATE TABLE notification (
  id uuid PRIMARY KEY,
  event_id text NOT NULL,
  recipient_id text NOT NULL,
  kind kind NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  booking_id text,
  room_id text,
  sent_at timestamptz(3) NOT NULL,
  read_at timestamptz(3),
  version integer NOT NULL DEFAULT 1
);
-- Nobody is told the same twice, whatever happens to the inbox.
CREATE UNIQUE INDEX notification_event_id_recipient_id_kind_key ON notification (event_id, recipient_id, kind);
CREATE INDEX notification_of_recipient ON notification (recipient_id, id DESC);

CREATE TABLE delivery (
  notification_id uuid NOT NULL REFERENCES notification (id) ON DELETE CASCADE ON UPDATE CASCADE,
  channel channel NOT NULL,
  state delivery_state NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz(3) NOT NULL,
  delivered_at timestamptz(3),
  last_error text,
  PRIMARY KEY (notification_id, channel)
);
CREATE INDEX delivery_pending ON delivery (channel, due_at) WHERE state = 'PENDING';

CREATE TABLE push_subscription (
  endpoint text PRIMARY KEY,
  user_id text NOT NULL,
  p256dh text NOT NULL,
  auth text NOT NULL,
  subscribed_at timestamptz(3) NOT NULL
);
CREATE INDEX push_subscription_of_user ON push_subscription (user_id, subscribed_at);

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
  consumer text NOT NULL, event_id text NOT NULL, subject text NOT NULL, envelope jsonb NOT NULL, error text NOT NULL,
  died_at timestamptz(3) NOT NULL DEFAULT now(), retry_requested_at timestamptz(3),
  PRIMARY KEY (consumer, event_id)
);
