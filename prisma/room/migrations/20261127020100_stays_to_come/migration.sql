-- Only stays to come are added up, and only they are read for it, however many have been.
DROP INDEX taken_stay_by_room;
CREATE INDEX taken_stay_by_room ON taken_stay (room_id, upper(stay));
