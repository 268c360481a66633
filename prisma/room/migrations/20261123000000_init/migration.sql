CREATE EXTENSION IF NOT EXISTS cube;
CREATE EXTENSION IF NOT EXISTS earthdistance;

-- The aggregate: all that is known of a room, also of one that was deleted.
CREATE TABLE room (
  id uuid PRIMARY KEY,
  -- Version of the last event about the room; raised with each of them.
  version integer NOT NULL,
  host_id text NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  address text,
  city text NOT NULL,
  country text NOT NULL,
  latitude double precision,
  longitude double precision,
  time_zone text NOT NULL,
  currency text NOT NULL,
  -- Minor units of the currency, as every amount.
  price_per_night integer NOT NULL CHECK (price_per_night > 0),
  cleaning_fee integer NOT NULL CHECK (cleaning_fee >= 0),
  tax_basis_points integer NOT NULL,
  capacity integer NOT NULL,
  amenities text[] NOT NULL,
  photos text[] NOT NULL,
  cancellation_policy text NOT NULL CHECK (cancellation_policy IN ('FLEXIBLE', 'MODERATE', 'STRICT')),
  min_nights integer NOT NULL,
  max_nights integer NOT NULL,
  booking_window_days integer NOT NULL,
  check_in_time text NOT NULL,
  check_out_time text NOT NULL,
  registered_at timestamptz(3) NOT NULL,
  deleted_at timestamptz(3),
  -- The date that it was at the room.
  deleted_on date,
  deleted_by text CHECK (deleted_by IN ('HOST', 'SERVICE_CENTER')),
  -- The host or the agent who did it.
  deleted_by_id text,
  deletion_reason text,
  CHECK ((latitude IS NULL) = (longitude IS NULL)),
  CHECK ((deleted_at IS NULL) = (deleted_by IS NULL) AND (deleted_at IS NULL) = (deleted_by_id IS NULL))
);

-- What searches look at: a row for each room on offer and none for a deleted one, so that no search can forget to
-- leave it out. All that rooms are filtered and sorted by is in this one row: no search joins before it pages.
-- Rooms are UUID v7: the order of their ids is the order of their registration, and sorts by NEWEST.
CREATE TABLE room_listing (
  room_id uuid PRIMARY KEY REFERENCES room (id),
  host_id text NOT NULL,
  -- Names as searches compare them: without case and accents.
  city_key text NOT NULL,
  country_key text NOT NULL,
  currency text NOT NULL,
  price integer NOT NULL,
  capacity integer NOT NULL,
  min_nights integer NOT NULL,
  max_nights integer NOT NULL,
  booking_window_days integer NOT NULL,
  amenities text[] NOT NULL,
  -- Where on the globe, in metres from its centre (earthdistance); null for a room without coordinates.
  position cube,
  -- Name, description, city, country and amenities, without case and accents.
  words tsvector NOT NULL,
  -- Paid bookings, as marketing's events say.
  popularity integer NOT NULL DEFAULT 0,
  -- All nights to come in taken_stay.
  taken datemultirange NOT NULL DEFAULT '{}'
) WITH (fillfactor = 85); -- space on the page lets `taken` change without a new entry in every index
-- So that the planner knows rare words from common ones: gathered by index the ones, met on the way the others.
ALTER TABLE room_listing ALTER COLUMN words SET STATISTICS 400;
-- One for each order in which rooms are listed, and one for each way to narrow them down.
CREATE INDEX room_listing_by_popularity ON room_listing (popularity, room_id);
CREATE INDEX room_listing_by_price ON room_listing (currency, price, room_id);
CREATE INDEX room_listing_by_city_and_popularity ON room_listing (city_key, popularity, room_id);
CREATE INDEX room_listing_by_city_and_price ON room_listing (city_key, currency, price, room_id);
CREATE INDEX room_listing_by_country_and_popularity ON room_listing (country_key, popularity, room_id);
CREATE INDEX room_listing_by_host ON room_listing (host_id, room_id);
CREATE INDEX room_listing_amenities ON room_listing USING gin (amenities);
CREATE INDEX room_listing_words ON room_listing USING gin (words);
CREATE INDEX room_listing_position ON room_listing USING gist (position);

-- Nights that a booking or a host's block (`source_id`) has taken, as book's events say. Those of one room may
-- overlap for a moment: events of different bookings come in any order.
CREATE TABLE taken_stay (
  source_id text PRIMARY KEY,
  room_id uuid NOT NULL,
  stay daterange NOT NULL
);
CREATE INDEX taken_stay_by_room ON taken_stay (room_id);

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
