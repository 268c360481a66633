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

/** Resident memory of the processes now, in MiB; pages that several of them share are counted in each. */
export function residentMiB(pids: readonly number[]): number {
  return Math.round(sum(pids.map((pid) => statusField(pid, 'VmRSS'))))
}

function usage(pid: number): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name, in brackets, may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user = 0, system = 0] = [Number(fields[11]), Number(fields[12])]
    return { cpuSeconds: (user + system) / ticksPerSecond, peakMemoryMiB: statusField(pid, 'VmHWM') }
  } catch {
    return { cpuSeconds: 0, peakMemoryMiB: 0 }
  }
}

function statusField(pid: number, name: 'VmHWM' | 'VmRSS'): number {
  try {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(kilobytes?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
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
