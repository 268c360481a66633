import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/**
 * Where the time of a .cpuprofile went: `node bench/profile.ts FILE [--top N] [--from S] [--to S]`: by who had it spent
 * (the nearest caller that is no part of Node), and by function. Idle time is left out.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    top: { type: 'string', default: '40' },
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: 'Infinity' },
  },
})

type Node = {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number }
  children?: number[]
}
type Profile = { nodes: Node[]; samples: number[]; timeDeltas: number[] }

/** `…/node_modules/.pnpm/pg@8/node_modules/pg/lib/client.js` → `pg`; a file of ours → its folder and name. */
function placeOf({ url }: Node['callFrame']): string | undefined {
  if (!url || url.startsWith('node:') || url.startsWith('wasm:')) return undefined
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  return (
    name ??
    url
      .replace(/^file:\/\//, '')
      .split('/')
      .slice(-3)
      .join('/')
  )
}

const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(positionals[0] ?? '', 'utf8')) as Profile
const byId = new Map(nodes.map((node) => [node.id, node]))
const callerOf = new Map(
  nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
)

/** What Node does for somebody is theirs; what it does of its own accord, collecting garbage say, bears its own name. */
function ownerOf(id: number): string {
  let own = '(node)'
  for (let at: number | undefined = id; at !== undefined; at = callerOf.get(at)) {
    const frame = byId.get(at)?.callFrame
    if (!frame) break
    const place = placeOf(frame)
    if (place) return place
    if (at === id && frame.functionName.startsWith('(')) own = frame.functionName
    else if (frame.url.startsWith('node:_http') || frame.url.startsWith('node:net')) own = '(node: http)'
  }
  return own
}

const places = new Map<string, number>()
const functions = new Map<string, number>()
let total = 0
let clock = 0
for (const [index, id] of samples.entries()) {
  const delta = timeDeltas[index] ?? 0
  clock += delta
  const frame = byId.get(id)?.callFrame
  const second = clock / 1e6
  if (!frame || frame.functionName === '(idle)' || second < Number(values.from) || second > Number(values.to))
    continue
  total += delta
  const place = ownerOf(id)
  const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + delta)
  add(places, place)
  add(functions, `${frame.functionName || '(anonymous)'}  ${place}:${frame.lineNumber + 1}`)
}

const print = (title: string, map: Map<string, number>) => {
  console.log(`\n${title}, of ${(total / 1e6).toFixed(1)} s`)
  const sorted = [...map].sort(([, a], [, b]) => b - a).slice(0, Number(values.top))
  for (const [name, time] of sorted)
    console.log(`${((time / total) * 100).toFixed(1).padStart(6)} %  ${name}`)
}
print('by owner', places)
print('by function', functions)
