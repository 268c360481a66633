import { expect, test } from 'vitest'
import { isWhole, type Seen, withTrials } from './report.ts'

const trial = (alert: string, firedAfter: number | null) => ({
  ...{ alert, fault: 'Something is stopped', firedAfter },
  resolvedAfter: 1,
})
const seen: Seen = {
  ...{ at: '2027-01-01', versions: 'prometheus 2', healthyMinutes: 10, falseAlarms: [], panels: [] },
  trials: [trial('ServiceDown', null), trial('StoreAway', 9)],
}

test('what was tried again stands in place of what was seen before', () => {
  expect(isWhole(seen)).toBe(false)
  const again = withTrials(seen, { trials: [trial('ServiceDown', 12)] })
  expect(again.trials).toEqual([trial('StoreAway', 9), trial('ServiceDown', 12)])
  expect(isWhole(again)).toBe(true)
})
