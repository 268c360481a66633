import { readdirSync, readFileSync } from 'node:fs'

/** `signal.ts CONTAINER SIGNAL`: sends a signal to the first process of a container, from the node's own processes. */
const [container = '', signal = ''] = process.argv.slice(2)

const first = readdirSync('/proc')
  .filter((name) => /^\d+$/.test(name))
  .map(Number)
  .filter((pid) => isFirstOf(container, pid))

/** Whether a process is in a container's control group, and number 1 among the processes there. */
function isFirstOf(id: string, pid: number): boolean {
  try {
    const numbers = /^NSpid:(.*)$/m
      .exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      ?.trim()
      .split(/\s+/)
    return numbers?.at(-1) === '1' && readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id)
  } catch {
    // It has ended meanwhile.
    return false
  }
}

if (!/^[0-9a-f]{32,}$/.test(container) || first.length !== 1) {
  process.stderr.write(`The container "${container}" has ${first.length} first processes here.\n`)
  process.exit(1)
}
process.kill(first[0] ?? 0, signal)
