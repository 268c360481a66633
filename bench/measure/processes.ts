import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** What a process and those that it started have used. */
export type Usage = { cpuSeconds: number; peakMemoryMiB: number }

/** Reads what the processes have used so far; a name may stand for several, which are added up. */
export function usageOf(pids: Readonly<Record<string, readonly number[]>>): Record<string, Usage> {
  const children = childrenByParent()
  return Object.fromEntries(
    Object.entries(pids).map(([name, roots]) => {
      const all = roots.flatMap((root) => family(root, children)).map(usage)
      return [
        name,
        {
          cpuSeconds: sum(all.map(({ cpuSeconds }) => cpuSeconds)),
          peakMemoryMiB: Math.round(sum(all.map(({ peakMemoryMiB }) => peakMemoryMiB))),
        },
      ]
    }),
  )
}

/** Memory of the processes and those that they started, now; a page that several have is divided among them. */
export function proportionalMiB(pids: readonly number[]): number {
  const children = childrenByParent()
  return sum(pids.flatMap((pid) => family(pid, children)).map(pss))
}

function pss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

function usage(pid: number): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name, in brackets, may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Its own, in user and system mode, and that of children that have ended.
    const ticks = sum(fields.slice(11, 15).map(Number))
    return { cpuSeconds: ticks / ticksPerSecond, peakMemoryMiB: peak(pid) }
  } catch {
    return { cpuSeconds: 0, peakMemoryMiB: 0 }
  }
}

function peak(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(kilobytes?.[1] ?? 0) / 1024
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
    } catch {
      // It has ended meanwhile.
    }
  }
  return children
}

function family(pid: number, children: Map<number, number[]>): number[] {
  return [pid, ...(children.get(pid) ?? []).flatMap((child) => family(child, children))]
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
