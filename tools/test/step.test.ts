import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from '../system/client.ts'
import { counted } from './step.ts'

const folder = mkdtempSync(join(tmpdir(), 'myhotel-step-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What is counted of a step whose report says so. */
function of(testResults: object[], passed: number, code: number) {
  const report = join(folder, 'report.json')
  writeFileSync(report, JSON.stringify({ numPassedTests: passed, numFailedTests: 0, testResults }))
  return counted({ name: 'unit' }, report, code)
}
const file = (status: string, ...assertionResults: object[]) => ({
  name: join(ROOT, 'router/src/a.test.ts'),
  status,
  assertionResults,
})

test('failed tests are named with their file', () => {
  const results = [
    { status: 'passed', fullName: 'adds' },
    { status: 'failed', fullName: 'money adds up' },
  ]
  expect(of([file('failed', ...results)], 1, 1)).toEqual({
    passed: 1,
    failed: 1,
    failures: ['unit: router/src/a.test.ts > money adds up'],
  })
})

test('so is a file that did not load', () => {
  expect(of([file('failed')], 3, 1).failures).toEqual(['unit: router/src/a.test.ts (outside its tests)'])
})

test('and a step that failed though no test did, or that has no result', () => {
  const passed = file('passed', { status: 'passed', fullName: 'adds' })
  expect(of([passed], 1, 1)).toMatchObject({
    failed: 1,
    failures: ['unit: an error outside of all tests, see above'],
  })
  expect(of([passed], 1, 0)).toMatchObject({ failed: 0, failures: [] })
  expect(counted({ name: 'unit' }, join(folder, 'none.json'), 1).failures).toEqual([
    'unit: ended before it had a result',
  ])
})
