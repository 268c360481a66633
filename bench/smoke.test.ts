import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Round } from './measure/rounds.ts'

test('a round of the router against a stock gateway is measured and kept', async () => {
  const results = await mkdtemp(join(tmpdir(), 'myhotel-bench-smoke-'))
  try {
    const command = [join(import.meta.dirname, 'main.ts'), 'router', '--against', 'stock', '--load', 'node']
    const small = ['--sizes', 'mid', '--kinds', 'personalised', '--seconds', '1', '--rounds', '1']
    await promisify(execFile)(process.execPath, [...command, ...small, '--results', results])

    const { 'mid-personalised': stored } = JSON.parse(await readFile(join(results, 'router.json'), 'utf8'))
    const { shape, rounds } = stored.details as {
      shape: { fetches: Record<string, number> }
      rounds: Record<string, Round[]>
    }
    expect(Object.keys(rounds)).toEqual(['myhotel', 'stock'])
    for (const [name, [round]] of Object.entries(rounds)) {
      expect(round?.errors, name).toBe(0)
      expect(round?.answered, name).toBeGreaterThan(0)
      expect(round?.p99, name).toBeGreaterThanOrEqual(round?.p50 ?? Number.POSITIVE_INFINITY)
      expect(round?.peakMemoryMiB.gateway, name).toBeGreaterThan(50)
      expect(shape.fetches[name], name).toBe(4)
    }
    expect(await readFile(join(results, 'router.md'), 'utf8')).toContain('| MyHotel router |')
  } finally {
    await rm(results, { recursive: true })
  }
})
