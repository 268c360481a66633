-- What the service's login may do where another one owns the tables, as in production it should: the record of what
-- agents did and of what was refused can then be read and added to, and nothing else, by no statement of the service.
-- The owner runs it after each migration:
--   psql "$OWNER_URL" --set login=servicecenter --file prisma/servicecenter/grants.sql
GRANT USAGE ON SCHEMA public TO :"login";
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :"login";
GRANT SELECT, INSERT ON agent_action, agent_action_outcome, access_refusal TO :"login";
GRANT SELECT, INSERT, UPDATE ON complaint, outbox TO :"login";
GRANT SELECT, INSERT ON inbox TO :"login";
GRANT SELECT, INSERT, UPDATE, DELETE ON dead_letter TO :"login";
