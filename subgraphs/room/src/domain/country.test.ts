import { expect, it } from 'vitest'
import { countryKey, countryName, isTimeZone, likelyTimeZone } from './country.ts'

it.each([
  ['kr', 'KR'],
  ['South Korea', 'KR'],
  [' korea ', 'KR'],
  ['Côte d’Ivoire', 'CI'],
  ["Cote d'Ivoire", 'CI'],
  ['UK', 'GB'],
  ['United Kingdom', 'GB'],
  ['usa', 'US'],
  ['Atlantis', 'atlantis'],
  ['QQ', 'qq'],
])('the country %s is %s', (country, key) => {
  expect(countryKey(country)).toBe(key)
})

it('names what it knows', () => {
  expect([countryName('KR'), countryName('Atlantis')]).toEqual(['South Korea', undefined])
})

it.each([
  ['Seoul', 'KR', 'Asia/Seoul'],
  ['Busan', 'South Korea', 'Asia/Seoul'],
  ['New York', 'USA', 'America/New_York'],
  ['Los Ángeles', 'US', 'America/Los_Angeles'],
  ['Springfield', 'US', 'UTC'],
  ['Madrid', 'Spain', 'Europe/Madrid'],
  ['Nowhere', 'Atlantis', 'UTC'],
])('it is likely that %s, %s keeps %s', (city, country, timeZone) => {
  expect(likelyTimeZone(city, country)).toBe(timeZone)
})

it.each([
  ['Asia/Seoul', true],
  ['UTC', true],
  ['+09:00', false],
  ['Asia', false],
  ['', false],
])('%s as a time zone: %s', (name, is) => {
  expect(isTimeZone(name)).toBe(is)
})
