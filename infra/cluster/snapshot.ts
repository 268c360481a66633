import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

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

/** Programs of a cluster, and what runs apart from this computer's own processes. */
const OURS = /^(kube|etcd|containerd|ctr|coredns|metrics-serv|nats-server|unshare|pause)/

async function processes(): Promise<string[]> {
  const here = await readlink('/proc/self/ns/pid')
  const found = await eachProcess(async (pid) => {
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
    const apart = (await readlink(`/proc/${pid}/ns/pid`)) !== here
    return apart || OURS.test(name) ? [`${name} ${pid}`] : []
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

async function cgroups(): Promise<string[]> {
  const root = '/sys/fs/cgroup'
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
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
  const folders = [
    '/run',
    '/opt',
    '/etc',
    '/etc/cni',
    '/var/lib',
    '/var/lib/cni',
    '/var/log',
    '/usr/libexec',
    '/dev/shm',
  ]
  const found = await Promise.all(
    folders.map(async (folder) =>
      existsSync(folder) ? (await readdir(folder)).map((name) => join(folder, name)) : [],
    ),
  )
  return found.flat()
}
