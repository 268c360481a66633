-- Nobody looks for the bookings of a room here.
DROP INDEX paid_booking_room_id_idx;
