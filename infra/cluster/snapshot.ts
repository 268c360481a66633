import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { identify, isRunning, type ProcessIdentity, withEnvironment } from '../../tools/system/os-process.ts'
import { existingCgroups } from './cgroups.ts'
import { OWNER_VARIABLE } from './machine.ts'
import { CACHE } from './paths.ts'

/** What there is on this computer of each kind that a cluster could leave something of. */
export type Snapshot = Record<string, string[]>

/** Looks at what a cluster could change of this computer: to be taken before it starts and after it has stopped. */
export async function takeSnapshot(): Promise<Snapshot> {
  const [mounts, links, nft, iptables, groups, kernel, written] = await Promise.all([
    readFile('/proc/self/mounts', 'utf8'),
    said('ip', '-brief', 'link'),
    said('nft', 'list', 'ruleset'),
    said('iptables-save'),
    existingCgroups(),
    settings(),
    files(),
  ])
  return {
    mounts: lines(mounts),
    cgroups: groups,
    'network links': lines(links).map((line) => line.split(/\s/, 1)[0] ?? ''),
    'firewall rules': [...lines(nft), ...lines(iptables)].filter((line) => !line.startsWith('#')),
    'kernel settings': kernel,
    files: written,
  }
}

/** Processes of a cluster, and the namespaces that they are in. */
export type Population = { processes: ProcessIdentity[]; namespaces: string[] }

/** Looks at a cluster that runs: to be taken just before it is stopped. */
export async function takeCensus(): Promise<Population> {
  const machines = withEnvironment(OWNER_VARIABLE, CACHE).map(({ pid }) => pid)
  const parents = new Map(await eachProcess(async (pid) => [pid, await parentOf(pid)] as const))
  const isOurs = (pid: number): boolean =>
    machines.includes(pid) || (pid > 1 && isOurs(parents.get(pid) ?? 0))
  const pids = [...parents.keys()].filter((pid) => pid !== process.pid && isOurs(pid))
  const own = await namespacesOf(process.pid)
  const theirs = await Promise.all(pids.map((pid) => namespacesOf(pid).catch(() => [])))
  return {
    processes: pids.flatMap((pid) => identify(pid) ?? []),
    namespaces: [...new Set(theirs.flat())].filter((namespace) => !own.includes(namespace)),
  }
}

/** How long the system may take to collect a process that has ended. */
const SETTLED_WITHIN_MS = 10_000

/** What there is now, and stays, of a cluster that was stopped, by kind; kinds without anything are left out. */
export async function findLeftovers(
  before: Snapshot,
  { processes, namespaces }: Population,
): Promise<Snapshot> {
  const deadline = Date.now() + SETTLED_WITHIN_MS
  for (;;) {
    const existing = new Set((await eachProcess(namespacesOf)).flat())
    const left = leftovers(before, {
      ...(await takeSnapshot()),
      processes: processes.filter(isRunning).map(({ pid }) => String(pid)),
      namespaces: namespaces.filter((namespace) => existing.has(namespace)),
    })
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

async function namespacesOf(pid: number): Promise<string[]> {
  const kinds = ['net', 'mnt', 'pid', 'uts', 'ipc']
  return await Promise.all(kinds.map((kind) => readlink(`/proc/${pid}/ns/${kind}`)))
}

async function parentOf(pid: number): Promise<number> {
  return Number(/^PPid:\s*(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** Processes that end meanwhile, and threads of the kernel, are left out. */
async function eachProcess<T>(look: (pid: number) => Promise<T>): Promise<T[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  const found = await Promise.all(
    pids.map((pid) =>
      look(pid)
        .then((value) => [value])
        .catch(() => []),
    ),
  )
  return found.flat()
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
