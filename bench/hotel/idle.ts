import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type System, startSystem } from '../../tools/system/index.ts'
import { proportionalMiB, usageOf } from '../measure/processes.ts'
import type { BenchOptions } from '../options.ts'
import { createReport } from '../report.ts'
import { pidsOf } from './hotel.ts'

const idleSeconds = 20

/** How long a start takes, and what a system takes of the machine while nobody asks anything. */
export async function idle({ results, tell }: BenchOptions): Promise<void> {
  const store = createReport('idle', results)
  const dataDir = mkdtempSync(join(tmpdir(), 'myhotel-bench-'))
  let system: System | undefined
  const timed = async () => {
    const since = performance.now()
    system = await startSystem({ dataDir, log: tell })
    return (performance.now() - since) / 1000
  }
  try {
    const first = await timed()
    tell(`started in ${first.toFixed(1)} s on an empty data directory`)
    await system?.stopAll()
    const again = await timed()
    tell(`started again in ${again.toFixed(1)} s; idle for ${idleSeconds} s`)
    await delay(5_000)
    const pids = system ? pidsOf(system) : {}
    const before = usageOf(pids)
    await delay(idleSeconds * 1000)
    const after = usageOf(pids)
    const rows = Object.entries(pids).map(([name, own]) => ({
      name,
      memory: proportionalMiB(own),
      cpu: (((after[name]?.cpuSeconds ?? 0) - (before[name]?.cpuSeconds ?? 0)) / idleSeconds) * 100,
    }))
    const sum = (figure: 'memory' | 'cpu') => rows.reduce((total, row) => total + row[figure], 0)
    store('idle', {
      title: 'Started, and idle',
      notes: [
        `first start, an empty data directory, dependencies installed: ${first.toFixed(1)} s; started again: ${again.toFixed(1)} s`,
        'memory is the proportional set size: pages that processes share are counted once',
        `CPU as a share of one processor, over ${idleSeconds} s without a request`,
      ],
      columns: ['process', 'memory MiB', 'CPU %'],
      rows: [
        ...rows
          .toSorted((a, b) => b.memory - a.memory)
          .map(({ name, memory, cpu }) => [name, String(Math.round(memory)), cpu.toFixed(1)]),
        ['all', String(Math.round(sum('memory'))), sum('cpu').toFixed(1)],
      ],
      details: { first, again, rows },
    })
  } finally {
    await system?.stopAll()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
