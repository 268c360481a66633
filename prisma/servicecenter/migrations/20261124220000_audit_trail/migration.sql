-- What was refused to somebody known, in whichever context: the other half of the audit trail. Ids are those of the
-- refusals, UUID v7.
CREATE TABLE access_refusal (
  id uuid PRIMARY KEY,
  refused_by text NOT NULL,
  actor text NOT NULL,
  roles text[] NOT NULL,
  action text NOT NULL,
  subject_type text,
  subject_id text,
  reason text NOT NULL,
  correlation_id text NOT NULL,
  refused_at timestamptz(3) NOT NULL,
  CHECK (num_nonnulls(subject_type, subject_id) IN (0, 2))
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_refusal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_record();
-- Where something is restored or replicated triggers rest, unless they are said to fire always.
ALTER TABLE agent_action ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE agent_action_outcome ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE access_refusal ENABLE ALWAYS TRIGGER append_only;

-- The trail is read from its end: all of it, or one actor's.
CREATE INDEX access_refusal_refused_at_id_idx ON access_refusal (refused_at DESC, id DESC);
CREATE INDEX access_refusal_actor_refused_at_id_idx ON access_refusal (actor, refused_at DESC, id DESC);
CREATE INDEX agent_action_requested_at_id_idx ON agent_action (requested_at DESC, id DESC);
CREATE INDEX agent_action_agent_id_requested_at_id_idx ON agent_action (agent_id, requested_at DESC, id DESC);
