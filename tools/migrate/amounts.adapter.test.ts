import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withClient } from '@myhotel/kit/postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withScratchDatabase } from './databases.ts'
import { migrate, PRISMA } from './migrations.ts'

const server = process.env.TEST_POSTGRES_URL ?? ''

/** The first migration after the version whose amounts had 32 bits. */
const widened = '20261127150000_amounts_beyond_32_bits'
const mostOfThen = 2 ** 31 - 1

/** The migrations of the version before. */
let before = ''
beforeAll(async () => {
  before = await mkdtemp(join(tmpdir(), 'myhotel-before-'))
  await cp(PRISMA, before, { recursive: true })
  for (const name of ['room', 'book', 'payment']) {
    const folder = join(before, name, 'migrations')
    const later = (await readdir(folder)).filter((each) => /^\d/.test(each) && each >= widened)
    expect(later).toContain(widened)
    for (const each of later) await rm(join(folder, each), { recursive: true })
  }
})
afterAll(() => rm(before, { recursive: true }))

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

/** Fills a database of the version before, brings it up to date, and reads what became of its amounts. */
const upgraded = (name: string, fill: string, read: string, larger: string) =>
  withScratchDatabase(server, async (url) => {
    await migrate(name, url, before)
    await withClient(url, (client) => client.query(fill))
    expect(await migrate(name, url)).toContain(widened)
    return withClient(url, async (client) => {
      const { rows } = await client.query(read)
      await client.query(larger)
      return rows
    })
  })

const text = (amount: number) => String(amount)

test('rooms keep their prices, and may cost more', async () => {
  const columns = `id, version, host_id, name, description, city, country, time_zone, currency, price_per_night,
    cleaning_fee, tax_basis_points, capacity, amenities, photos, cancellation_policy, min_nights, max_nights,
    booking_window_days, check_in_time, check_out_time, registered_at`
  const values = (
    room: string,
    price: number,
  ) => `'${room}', 1, 'h', 'n', '', 'c', 'KR', 'Asia/Seoul', 'IDR', ${price},
    ${price}, 0, 2, '{}', '{}', 'STRICT', 1, 365, 730, '15:00', '11:00', now()`
  const listing = (
    room: string,
    price: number,
  ) => `INSERT INTO room_listing (room_id, host_id, city_key, country_key,
    currency, price, capacity, min_nights, max_nights, booking_window_days, amenities, words)
    VALUES ('${room}', 'h', 'c', 'KR', 'IDR', ${price}, 2, 1, 365, 730, '{}', '')`
  const insert = (number: number, price: number) =>
    `INSERT INTO room (${columns}) VALUES (${values(id(number), price)}); ${listing(id(number), price)}`
  const rows = await upgraded(
    'room',
    insert(1, mostOfThen),
    'SELECT price_per_night, cleaning_fee, price FROM room JOIN room_listing ON room_id = id',
    insert(2, 2 ** 53 - 1),
  )
  const most = text(mostOfThen)
  expect(rows).toEqual([{ price_per_night: most, cleaning_fee: most, price: most }])
})

test('bookings keep totals and refunds, and may be dearer', async () => {
  const insert = (number: number, amount: number) => `
    INSERT INTO stay_claim VALUES ('${id(number)}', '${id(number)}', '[2027-01-01,2027-01-02)', 'BOOKING', 'RELEASED');
    INSERT INTO booking_attempt (id, guest_id, idempotency_key, request_fingerprint, state, lease_until, hold_expires_at,
      claim_id, room_id, host_id, start_date, end_date, guests, total_amount, currency, terms, correlation_id, traceparent)
    VALUES ('${id(number)}', 'g', 'k${number}', '', 'CONFIRMED', now(), now(), '${id(number)}', '${id(number)}', 'h',
      '2027-01-01', '2027-01-02', 1, ${amount}, 'IDR', '{}', '', '');
    INSERT INTO booking (id, attempt_id, payment_id, claim_id, status, room_id, guest_id, host_id, start_date, end_date,
      guests, total_amount, currency, terms, booked_at, canceled_at, canceled_by, refund_amount)
    VALUES ('${id(number)}', '${id(number)}', '${id(number)}', '${id(number)}', 'CANCELED', '${id(number)}', 'g', 'h',
      '2027-01-01', '2027-01-02', 1, ${amount}, 'IDR', '{}', now(), now(), 'HOST', ${amount})`
  const rows = await upgraded(
    'book',
    insert(1, mostOfThen),
    `SELECT booking.total_amount, refund_amount, booking_attempt.total_amount AS attempted
     FROM booking JOIN booking_attempt ON booking_attempt.id = attempt_id`,
    insert(2, 2 ** 53 - 1),
  )
  const most = text(mostOfThen)
  expect(rows).toEqual([{ total_amount: most, refund_amount: most, attempted: most }])
})

test('payments keep amounts and refunds, those on their way too', async () => {
  const insert = (number: number, amount: number) => `
    INSERT INTO payment (id, attempt_id, state, booking_id, guest_id, host_id, room_id, amount, currency, method,
      started_at, deadline, provider_payment_id, approved_at, due_at, version, correlation_id, traceparent)
    VALUES ('${id(number)}', '${id(number)}', 'REFUND_PENDING', '${id(number)}', 'g', 'h', 'r', ${amount}, 'IDR', 'm',
      now(), now(), 'pay${number}', now(), now(), 1, '', '');
    INSERT INTO refund (key, payment_id, amount) VALUES ('refund${number}', '${id(number)}', ${amount})`
  const rows = await upgraded(
    'payment',
    insert(1, mostOfThen),
    `SELECT payment.amount, refund.amount AS refund, due_at IS NOT NULL AS due, refusals, refusal
     FROM payment JOIN refund ON payment_id = id`,
    insert(2, 2 ** 53 - 1),
  )
  const most = text(mostOfThen)
  expect(rows).toEqual([{ amount: most, refund: most, due: true, refusals: 0, refusal: null }])
})
