import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { oneDies } from '../../tools/faults/promises/process-dies.ts'
import { readYourWrites } from '../../tools/faults/promises/read-your-writes.ts'
import { tryPromises } from '../../tools/faults/promises/run.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'myhotel-promises-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

// How long something takes is measured by the command, on a machine that has nothing else to do.
it('a booking is never silently missing, and a book that dies lies to nobody', {
  timeout: 1_800_000,
}, async () => {
  const told: string[] = []
  const [looks, death, truth] = await tryPromises({
    dataDir,
    promises: [readYourWrites, oneDies('book')],
    count: 200,
    tell: (line) => told.push(line),
  })
  expect(looks?.measured, told.join('\n')).toContain('0 missed it silently, 0 were not booked')
  expect(death?.measured, told.join('\n')).toMatch(/; 0 of \d+ bookings asked for again are not made/)
  expect(truth?.holds, told.join('\n')).toBe(true)
})
