-- Rooms for a large party are few: gathered by index, where all listings were looked at in the order wanted.
CREATE INDEX room_listing_by_capacity ON room_listing (capacity);
