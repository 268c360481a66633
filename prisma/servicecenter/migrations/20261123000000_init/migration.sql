-- Ids are UUID v7: their order is that of filing, and so that of the lists.
CREATE TABLE complaint (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  guest_id text NOT NULL,
  booking_id uuid,
  room_id uuid,
  text text NOT NULL,
  status text NOT NULL CHECK (status IN ('OPEN', 'CLOSED')),
  filed_at timestamptz(3) NOT NULL,
  closed_at timestamptz(3),
  closed_by text,
  resolution text,
  CHECK (num_nonnulls(closed_at, closed_by, resolution) = CASE status WHEN 'CLOSED' THEN 3 ELSE 0 END)
);
CREATE INDEX complaint_guest_id_id_idx ON complaint (guest_id, id DESC);
CREATE INDEX complaint_status_id_idx ON complaint (status, id DESC);

-- The record of what agents did. The wish is written before anything happens and the outcome after it, so that a
-- crash in between leaves a wish without an outcome, not a deed without a record.
CREATE TABLE agent_action (
  id uuid PRIMARY KEY,
  agent_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('CANCEL_BOOKING', 'DELETE_ROOM', 'CLOSE_COMPLAINT')),
  subject_id uuid NOT NULL,
  reason text NOT NULL,
  complaint_id uuid REFERENCES complaint (id) ON DELETE NO ACTION ON UPDATE NO ACTION,
  correlation_id text NOT NULL,
  requested_at timestamptz(3) NOT NULL
);
CREATE TABLE agent_action_outcome (
  action_id uuid PRIMARY KEY REFERENCES agent_action (id) ON DELETE NO ACTION ON UPDATE NO ACTION,
  outcome text NOT NULL,
  recorded_at timestamptz(3) NOT NULL
);

-- Append-only for everyone, the tables' owner too.
CREATE FUNCTION refuse_change_of_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: no % of what was recorded', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agent_action
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agent_action_outcome
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record();

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
