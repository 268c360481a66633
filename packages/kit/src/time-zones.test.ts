import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { canonicalTimeZone, timeZones, zonesNotPast } from './time-zones.ts'

describe('the name of a time zone', () => {
  it.each([
    ['Asia/Seoul', 'Asia/Seoul'],
    ['asia/seoul', 'Asia/Seoul'],
    [' Asia/Seoul ', 'Asia/Seoul'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Pacific/Truk', 'Pacific/Chuuk'],
    ['US/Pacific-New', 'America/Los_Angeles'],
    ['EST', 'America/Panama'],
    ['EST5EDT', 'America/New_York'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['Europe/Oslo', 'Europe/Oslo'],
    ['utc', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['GMT', 'UTC'],
  ])('%j is %s', (name, canonical) => {
    expect(canonicalTimeZone(name)).toBe(canonical)
  })

  it.each([
    ...['', ' ', 'JST', 'PST', 'ACT', 'KST', 'Z', '+09:00', '-0500', 'UTC+9', 'GMT+5', 'Etc/GMT-15'],
    ...[
      'localtime',
      'posixrules',
      'Factory',
      'Etc/Unknown',
      'SystemV/PST8PDT',
      'posix/Asia/Seoul',
      'Asia',
      'Mars/Olympus',
    ],
    ...['Asia/Seoul\0', 'Asia/Seoul\n\0', 'Ａsia/Seoul', '__proto__'],
  ])('%j is none', (name) => {
    expect(canonicalTimeZone(name)).toBeUndefined()
  })

  it('is one of those that Temporal and Intl agree about, and stays as it is once it is canonical', () => {
    expect(timeZones.length).toBeGreaterThan(400)
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !canonicalTimeZone(name))).toEqual([])
    for (const zone of timeZones) {
      expect(canonicalTimeZone(zone)).toBe(zone)
      for (const iso of ['2027-01-15T12:00:00Z', '2027-07-15T12:00:00Z']) {
        const ours = Temporal.Instant.from(iso).toZonedDateTimeISO(zone).toPlainDateTime().toString()
        const theirs = new Date(iso).toLocaleString('sv', { timeZone: zone }).replace(' ', 'T')
        expect([zone, ours]).toEqual([zone, theirs])
      }
    }
  })
})

describe('where a date is not past', () => {
  const now = Date.parse('2027-03-10T10:30:00Z')

  it('is everywhere while it is to come on all of the earth, and nowhere once it has passed on all of it', () => {
    expect(zonesNotPast('2027-03-11', now)).toBe('all')
    expect(zonesNotPast('2027-03-08', now)).toEqual([])
    expect(zonesNotPast('1000-01-01', now)).toEqual([])
  })

  it.each([
    ['2027-03-10', 'pacific/honolulu', true],
    ['2027-03-10', 'pacific/kiritimati', false],
    ['2027-03-09', 'pacific/pago_pago', true],
    ['2027-03-09', 'pacific/honolulu', false],
    ['2027-03-10', 'asia/calcutta', true],
  ])('%s at %s: %s', (date, zone, open) => {
    expect(zonesNotPast(date, now).includes(zone)).toBe(open)
  })

  it('is looked up anew when a day begins somewhere', () => {
    const midnight = Date.parse('2027-03-10T15:00:00Z')
    expect(zonesNotPast('2027-03-10', midnight - 1)).toContain('asia/seoul')
    expect(zonesNotPast('2027-03-10', midnight)).not.toContain('asia/seoul')
  })
})
