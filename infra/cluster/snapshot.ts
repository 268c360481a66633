import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { withEnvironment } from '../../tools/system/os-process.ts'
import { OWNER_VARIABLE } from './machine.ts'
import { CACHE } from './paths.ts'

/** What there is on this computer of each kind that a cluster could leave something of. */
export type Snapshot = Record<string, string[]>

/** Looks at everything that a cluster makes or could change: to be taken before it starts and after it has stopped. */
export async function takeSnapshot(): Promise<Snapshot> {
  const [mounts, links, nft, iptables, ...rest] = await Promise.all([
    readFile('/proc/self/mounts', 'utf8'),
    said('ip', '-brief', 'link'),
    said('nft', 'list', 'ruleset'),
    said('iptables-save'),
    processes(),
    namespaces(),
    cgroups(),
    settings(),
    files(),
  ])
  const [running = [], spaces = [], groups = [], kernel = [], written = []] = rest
  return {
    processes: running,
    namespaces: spaces,
    mounts: lines(mounts),
    cgroups: groups,
    'network links': lines(links).map((line) => line.split(/\s/, 1)[0] ?? ''),
    'firewall rules': [...lines(nft), ...lines(iptables)].filter((line) => !line.startsWith('#')),
    'kernel settings': kernel,
    files: written,
  }
}

/** How long the system may take to collect a process that has ended. */
const SETTLED_WITHIN_MS = 10_000

/** What is there now, and stays, and was not there before. */
export async function findLeftovers(before: Snapshot): Promise<Snapshot> {
  const deadline = Date.now() + SETTLED_WITHIN_MS
  for (;;) {
    const left = leftovers(before, await takeSnapshot())
    if (Object.keys(left).length === 0 || Date.now() > deadline) return left
    await delay(200)
  }
}

/** What is there afterwards and was not before, by kind; kinds without a difference are left out. */
export function leftovers(before: Snapshot, after: Snapshot): Snapshot {
  const found = Object.entries(after).map(([kind, entries]): [string, string[]] => {
    const known = new Set(before[kind])
    return [kind, entries.filter((entry) => !known.has(entry))]
  })
  return Object.fromEntries(found.filter(([, entries]) => entries.length > 0))
}

const lines = (text: string) => text.split('\n').filter(Boolean)

async function said(program: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(program, args, { maxBuffer: 1e8 })).stdout
}

/** What runs apart from this computer's own processes, in containers or machines, and what holds those. */
async function processes(): Promise<string[]> {
  const here = await readlink('/proc/self/ns/pid')
  const ours = withEnvironment(OWNER_VARIABLE, CACHE).map(({ pid }) => String(pid))
  const found = await eachProcess(async (pid) => {
    const apart = (await readlink(`/proc/${pid}/ns/pid`)) !== here
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
    return apart || ours.includes(pid) ? [`${name} ${pid}`] : []
  })
  return found.flat()
}

async function namespaces(): Promise<string[]> {
  const kinds = ['net', 'mnt', 'pid', 'uts', 'ipc']
  const found = await eachProcess((pid) =>
    Promise.all(kinds.map((kind) => readlink(`/proc/${pid}/ns/${kind}`))),
  )
  const named = existsSync('/run/netns') ? await readdir('/run/netns') : []
  return [...new Set([...found.flat(), ...named])]
}

/** Processes that end meanwhile, and threads of the kernel, are left out. */
async function eachProcess<T>(look: (pid: string) => Promise<T>): Promise<T[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  const found = await Promise.all(
    pids.map((pid) =>
      look(pid)
        .then((value) => [value])
        .catch(() => []),
    ),
  )
  return found.flat()
}

/** Other programs make and remove some while this looks. */
async function cgroups(folder = '/sys/fs/cgroup'): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name))
  return [...below, ...(await Promise.all(below.map((path) => cgroups(path)))).flat()]
}

/** Settings that kubelet, kube-proxy or containers could change for the whole computer. */
async function settings(): Promise<string[]> {
  const names = [
    ...['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'],
    ...['kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes', 'kernel/hostname'],
    ...['net/ipv4/ip_forward', 'net/bridge/bridge-nf-call-iptables', 'net/netfilter/nf_conntrack_max'],
  ]
  const found = await Promise.all(
    names.map(async (name) => {
      const file = join('/proc/sys', name)
      return existsSync(file) ? [`${name} = ${(await readFile(file, 'utf8')).trim()}`] : []
    }),
  )
  return found.flat()
}

/** Folders that servers of a cluster write to on an ordinary computer. */
async function files(): Promise<string[]> {
  const folders = ['/run', '/opt', '/etc', '/etc/cni', '/var/lib', '/var/lib/cni', '/var/log', '/usr/libexec']
  const found = await Promise.all(
    folders.map(async (folder) =>
      existsSync(folder) ? (await readdir(folder)).map((name) => join(folder, name)) : [],
    ),
  )
  return found.flat()
}
