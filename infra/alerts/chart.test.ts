import { expect, test } from 'vitest'
import { inUnit, toSvg } from './chart.ts'

test('numbers are told in few letters', () => {
  expect(inUnit(0.00512, 's')).toBe('5.12 ms')
  expect(inUnit(90, 's')).toBe('90 s')
  expect(inUnit(0.0051, 'percentunit')).toBe('0.51 %')
  expect(inUnit(157_286_400, 'bytes')).toBe('150 MiB')
  expect(inUnit(12.345, 'reqps')).toBe('12.3/s')
  expect(inUnit(0, 'short')).toBe('0')
})

test('a picture has a line for each series, from left to right and from below', () => {
  const lines = [
    {
      name: 'a < b',
      values: [
        [0, 0],
        [60, 5],
        [120, Number.NaN],
        [180, 10],
      ] as const,
    },
  ]
  const svg = toSvg('Things', [{ title: 'One', unit: 'short', lines }], 0, 180)
  expect(svg).toContain('points="52.0,138.0 216.0,82.0 544.0,26.0"')
  expect(svg).toContain('>a &lt; b<')
  expect(svg).toContain('>Things, 3 minutes<')
})

test('a picture of nothing is one nevertheless', () => {
  expect(toSvg('Things', [{ title: 'None', unit: 's', lines: [] }], 0, 60)).toContain('>None<')
})
