import type { Hotel } from './hotel.ts'

// 200 cities, the first the largest: a room's city is the square of an even random number. Names and descriptions have
// a common word and one of 2,000 rare ones. Each room has ten stays to come, a month apart.

const roomsSql = `
  INSERT INTO room (id, version, host_id, name, description, city, country, latitude, longitude, time_zone, currency,
    price_per_night, cleaning_fee, tax_basis_points, capacity, amenities, photos, cancellation_policy, min_nights,
    max_nights, booking_window_days, check_in_time, check_out_time, registered_at)
  SELECT uuidv7(), 1, 'host' || number % 5000, 'Room ' || number || ' with a view', 'Quiet, word' || number % 2000,
    'City ' || city, 'PT', -60 + city % 120 + random(), -170 + (city * 37) % 340 + random(), 'Europe/Lisbon', 'EUR',
    4000 + (random() * 30000)::int, 2500, 0, 1 + number % 6,
    CASE number % 50 WHEN 0 THEN ARRAY['sauna', 'garden'] ELSE ARRAY['kitchen', 'garden'] END, '{}', 'FLEXIBLE', 1, 365,
    365, '15:00', '11:00', now()
  FROM (SELECT number, (200 * random() * random())::int % 200 AS city
        FROM generate_series($1::int, $2::int) AS number) AS made`

const listingsSql = `
  INSERT INTO room_listing (room_id, host_id, city_key, country_key, currency, price, capacity, min_nights, max_nights,
    booking_window_days, amenities, position, words, terms, folding, popularity, taken)
  SELECT id, host_id, lower(city), 'pt', currency, price_per_night, capacity, min_nights, max_nights,
    booking_window_days, amenities, ll_to_earth(latitude, longitude),
    '', to_tsvector('simple', lower(name || ' ' || city || ' portugal ' || array_to_string(amenities, ' ') || ' ' || description)),
    1,
    (random() * random() * 1000)::int,
    (SELECT range_agg(stay) FROM generate_series(0, 9) AS month, LATERAL (SELECT daterange(first, first + 2 + (random() * 8)::int)
       AS stay FROM (SELECT current_date + month * 30 + (random() * 18)::int AS first WHERE room.id IS NOT NULL) AS begun) AS stays)
  FROM room`

const staysSql = `
  INSERT INTO taken_stay (source_id, room_id, stay)
  SELECT room_id || ':' || ordinality, room_id, stay
  FROM room_listing, unnest(taken) WITH ORDINALITY AS nights(stay, ordinality)`

const spansSql = 'INSERT INTO free_span SELECT room_id, free_from, free_to FROM free_span_of_listing'

/** Makes rooms on offer, with ten stays each, in room's database. */
export async function fillRooms(hotel: Hotel, count: number): Promise<void> {
  const batch = 100_000
  for (let from = 1; from <= count; from += batch) {
    await hotel.sql('room', roomsSql, [from, Math.min(count, from + batch - 1)])
  }
  await hotel.sql('room', listingsSql)
  await hotel.sql('room', staysSql)
  await hotel.sql('room', spansSql)
  await hotel.sql('room', 'VACUUM ANALYZE')
}
