-- Two weeks and more in which a room has no taken night; -infinity and infinity where nothing limits them. Searches
-- for long stays gather the rooms of the few spans that enclose them. A table of its own, since an index over `taken`
-- would have each booking make a new entry in all indexes of room_listing.
CREATE TABLE free_span (
  room_id uuid NOT NULL,
  free_from date NOT NULL,
  -- The first night that is taken.
  free_to date NOT NULL,
  PRIMARY KEY (room_id, free_from)
);
-- What it is to hold.
CREATE VIEW free_span_of_listing AS
SELECT room_id, lower(free) AS free_from, upper(free) AS free_to
FROM room_listing, unnest('{[-infinity, infinity)}'::datemultirange - taken) AS free
WHERE upper(free) >= greatest(lower(free), current_date) + 14;
INSERT INTO free_span SELECT room_id, free_from, free_to FROM free_span_of_listing;
-- With all that is asked for, so that rooms are counted without a look at the table; so are those in a circle.
CREATE INDEX free_span_by_dates ON free_span USING gist (daterange(free_from, free_to))
  INCLUDE (room_id, free_from, free_to);
DROP INDEX room_listing_position;
CREATE INDEX room_listing_position ON room_listing USING gist (position) INCLUDE (room_id) WHERE position IS NOT NULL;
