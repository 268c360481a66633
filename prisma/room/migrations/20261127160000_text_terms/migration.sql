-- What is searched of a room's texts, made by adapters/text-terms.ts; null until a service of this version has indexed
-- the room, which it does before it is ready.
ALTER TABLE room_listing
  ADD COLUMN terms tsvector,
  -- The version of the rules by which terms and keys were made (foldingVersion); 0 by a service of an earlier version.
  ADD COLUMN folding integer NOT NULL DEFAULT 0;
-- So that the planner knows rare words from common ones, as for `words`.
ALTER TABLE room_listing ALTER COLUMN terms SET STATISTICS 400;
CREATE INDEX room_listing_terms ON room_listing USING gin (terms);
-- Rooms that are still to be indexed; with each raised version comes an index of its own.
CREATE INDEX room_listing_to_index ON room_listing (room_id) WHERE folding < 1;

-- While services of the version before run beside this one they search `words` and write nothing else: what they change
-- is to be indexed again. A later version drops `words`, its index and this trigger.
CREATE FUNCTION room_listing_changed_by_version_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.folding := 0;
  RETURN NEW;
END $$;
CREATE TRIGGER room_listing_changed_by_version_before BEFORE UPDATE OF words ON room_listing FOR EACH ROW
  WHEN (NEW.words IS DISTINCT FROM OLD.words AND NEW.terms IS NOT DISTINCT FROM OLD.terms)
  EXECUTE FUNCTION room_listing_changed_by_version_before();
