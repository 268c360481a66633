-- The trail of one thing, and that of one kind of wish, which may be a rare one: without these all of it was read.
CREATE INDEX access_refusal_subject_id_refused_at_id_idx ON access_refusal (subject_id, refused_at DESC, id DESC);
CREATE INDEX access_refusal_action_refused_at_id_idx ON access_refusal (action, refused_at DESC, id DESC);
CREATE INDEX agent_action_subject_id_requested_at_id_idx ON agent_action (subject_id, requested_at DESC, id DESC);
CREATE INDEX agent_action_kind_requested_at_id_idx ON agent_action (kind, requested_at DESC, id DESC);
