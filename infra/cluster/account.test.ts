import { expect, test } from 'vitest'
import { toResult } from './account.ts'

const whole = { code: 0, readyAfterMs: 31_000, stoppedWithinMs: 1_900, versions: {}, conversions: [] }

test('a run that leaves nothing has kept its promise, of every kind', () => {
  const { outcome, figures } = toResult({ ...whole, left: {} }, new Date(0))
  expect(outcome).toBe('kept')
  expect(figures.filter(({ holds }) => holds === true).length).toBeGreaterThan(5)
  expect(figures.filter(({ holds }) => holds === false)).toEqual([])
})

test('what is left is named, also where the kind is a new one', () => {
  const { outcome, figures } = toResult(
    { ...whole, left: { mounts: ['/mnt overlay'], disks: ['sdb'] } },
    new Date(0),
  )
  expect(outcome).toBe('broken')
  expect(figures.filter(({ holds }) => holds === false).map(({ measured }) => measured)).toEqual([
    '1: /mnt overlay',
    '1: sdb',
  ])
})
