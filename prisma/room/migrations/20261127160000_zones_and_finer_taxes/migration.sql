-- The tax in parts per million, so that 8.875 % can be kept. tax_basis_points stays beside it, rounded, for a version of
-- the service that does not know the new column; where that one changed the tax last, the two do not agree.
ALTER TABLE room ADD COLUMN tax_parts_per_million integer
  CHECK (tax_parts_per_million BETWEEN 0 AND 1000000);

-- Searches leave out rooms at which the first day has passed, which differs by time zone. Null is a room that a version
-- without this column listed.
ALTER TABLE room_listing ADD COLUMN time_zone text;
UPDATE room_listing SET time_zone = room.time_zone FROM room WHERE room.id = room_listing.room_id;
