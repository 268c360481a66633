import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { crashPoints } from '../../tools/faults/crash-points.ts'
import { runSuite } from '../../tools/faults/suite.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'myhotel-faults-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

it('no crash point and no fault of a handful breaks an invariant', { timeout: 3_600_000 }, async () => {
  const told: string[] = []
  const { rows } = await runSuite({
    dataDir,
    minutes: 30,
    injections: 1,
    workers: 8,
    seed: 1,
    only: ['crash', 'book: kill -9', 'postgres: kill -9', 'loses the answer', 'Redis emptied', 'at once'],
    tell: (line) => told.push(line),
  })
  expect(
    rows.flatMap(({ violations }) => violations),
    told.join('\n'),
  ).toEqual([])
  const injected = rows.flatMap((row) => row.injected)
  expect(injected.find(({ fault }) => fault.startsWith('crash points'))?.count).toBe(crashPoints.length)
  expect(injected.filter(({ count }) => count === 1)).toHaveLength(6)
})
