-- What book and payment send for one booking, as four transactions: nights and attempt; payment; approval and what is
-- announced; booking and what is announced. Book's tables are in the schema book, payment's in payment.
\set nights random(1, 400000000)
\set first random(1, 2000000000)
\set second random(1, 2000000000)

WITH claim AS (
  INSERT INTO book.stay_claim (id, room_id, stay, kind, state)
  VALUES (md5('c' || :first || ' ' || :second)::uuid, md5('r' || :nights / 330)::uuid,
    daterange(current_date + (:nights % 330)::int, current_date + (:nights % 330)::int + 1), 'BOOKING', 'HELD')
  ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO book.booking_attempt (id, claim_id, room_id, start_date, end_date, guest_id, idempotency_key,
  request_fingerprint, state, host_id, guests, total_amount, currency, terms, lease_until, hold_expires_at,
  correlation_id, traceparent)
SELECT md5('a' || :first || ' ' || :second)::uuid, id, md5('r' || :nights / 330)::uuid, current_date, current_date + 1,
  'guest' || :first % 1000, :first || ' ' || :second, md5('f' || :first), 'PAYING', 'host1', 2, 12500, 'EUR',
  '{"roomName": "Room 1", "city": "Porto", "country": "PT", "timeZone": "Europe/Lisbon", "checkInTime": "15:00",
    "checkOutTime": "11:00", "cancellationPolicy": "FLEXIBLE", "price": {"lines": [{"kind": "NIGHTS", "label": "1 night",
    "amount": {"amount": 10000, "currency": "EUR"}}], "total": {"amount": 12500, "currency": "EUR"}}}',
  now() + interval '8 s', now() + interval '25 s', md5('f' || :first),
  '00-' || md5('t' || :first) || '-0123456789abcdef-01'
FROM claim;

INSERT INTO payment.payment (id, attempt_id, state, booking_id, guest_id, host_id, room_id, amount, currency, method,
  started_at, deadline, due_at, correlation_id, traceparent)
VALUES (md5('p' || :first || ' ' || :second)::uuid, md5('a' || :first || ' ' || :second)::uuid, 'PENDING',
  md5('a' || :first || ' ' || :second)::uuid, 'guest' || :first % 1000, 'host1', md5('r' || :nights / 330), 12500,
  'EUR', 'pm_card_visa', now(), now() + interval '20 s', now() + interval '5 s', md5('f' || :first),
  '00-' || md5('t' || :first) || '-0123456789abcdef-01')
ON CONFLICT (attempt_id) DO NOTHING;

WITH saved AS (
  UPDATE payment.payment SET state = 'APPROVED', provider_payment_id = 'pay_' || md5('p' || :first || ' ' || :second),
    approved_at = now(), version = 1, revision = revision + 1, tries = 0, due_at = NULL
  WHERE id = md5('p' || :first || ' ' || :second)::uuid AND revision = 0 RETURNING id
)
INSERT INTO payment.outbox (event_id, context, aggregate_id, version, type, schema_version, data, correlation_id,
  traceparent)
SELECT 'payment.' || id || ':1', 'payment', id, 1, 'PaymentApproved', 1,
  jsonb_build_object('paymentId', id, 'bookingId', md5('a' || :first || ' ' || :second)::uuid, 'roomId',
    md5('r' || :nights / 330)::uuid, 'guestId', 'guest' || :first % 1000, 'hostId', 'host1', 'amount',
    '{"amount": 12500, "currency": "EUR"}'::jsonb, 'approvedAt', now()),
  md5('f' || :first), '00-' || md5('t' || :first) || '-0123456789abcdef-01'
FROM saved;

WITH live AS (
  SELECT 1 FROM book.room_listing WHERE room_id = md5('listed')::uuid AND NOT deleted FOR SHARE
), won AS (
  UPDATE book.booking_attempt SET state = 'CONFIRMED', result = jsonb_build_object('bookingId', id)
  WHERE id = md5('a' || :first || ' ' || :second)::uuid AND state = 'PAYING' AND epoch = 1 AND EXISTS (SELECT 1 FROM live)
  RETURNING *
), claimed AS (
  UPDATE book.stay_claim SET state = 'BOOKED' FROM won WHERE stay_claim.id = won.claim_id
), booked AS (
  INSERT INTO book.booking (id, attempt_id, payment_id, claim_id, room_id, guest_id, host_id, start_date, end_date, guests,
    total_amount, currency, terms, booked_at)
  SELECT id, id, md5('p' || :first || ' ' || :second)::uuid, claim_id, room_id, guest_id, host_id, start_date, end_date,
    guests, total_amount, currency, terms, now() FROM won
)
INSERT INTO book.outbox (event_id, context, aggregate_id, version, type, schema_version, data, correlation_id, traceparent)
SELECT 'book.' || id || ':1', 'book', id, 1, 'Booked', 1,
  jsonb_build_object('bookingId', id, 'roomId', room_id, 'guestId', guest_id, 'hostId', host_id, 'startDate', start_date,
    'endDate', end_date, 'guests', guests, 'terms', terms),
  correlation_id, traceparent
FROM won;
