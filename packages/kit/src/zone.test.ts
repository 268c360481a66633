import { expect, it } from 'vitest'
import { dateIn, instantAt } from './zone.ts'

it.each([
  ['Pacific/Kiritimati', '2027-03-02'],
  ['Asia/Kathmandu', '2027-03-01'],
  ['UTC', '2027-03-01'],
  ['Pacific/Pago_Pago', '2027-02-28'],
])('at one instant each place has a date of its own: %s', (timeZone, date) => {
  expect(dateIn(timeZone, new Date('2027-03-01T10:30:00Z'))).toBe(date)
})

it.each([
  ['an hour that is skipped is moved on', '2027-03-28', '01:30', 'Europe/Lisbon', '2027-03-28T01:30:00.000Z'],
  [
    'an hour that comes twice is the first',
    '2027-10-31',
    '01:30',
    'Europe/Lisbon',
    '2027-10-31T00:30:00.000Z',
  ],
  ['half an hour that is skipped', '2027-10-03', '02:15', 'Australia/Lord_Howe', '2027-10-02T15:45:00.000Z'],
  ['a midnight that is skipped', '2018-11-04', '00:00', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ['a day that is skipped', '2011-12-30', '15:00', 'Pacific/Apia', '2011-12-31T01:00:00.000Z'],
  ['the day before', '2011-12-29', '15:00', 'Pacific/Apia', '2011-12-30T01:00:00.000Z'],
  ['the day after', '2011-12-31', '15:00', 'Pacific/Apia', '2011-12-31T01:00:00.000Z'],
])('local time where clocks change: %s', (_, date, time, timeZone, instant) => {
  expect(instantAt(date, time, timeZone).toISOString()).toBe(instant)
})

it('no instant is on a day that a place skipped', () => {
  const last = new Date('2011-12-30T09:59:59Z')
  expect(dateIn('Pacific/Apia', last)).toBe('2011-12-29')
  expect(dateIn('Pacific/Apia', new Date(last.getTime() + 1_000))).toBe('2011-12-31')
})
