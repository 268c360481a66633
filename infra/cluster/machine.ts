import { type SpawnOptions, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../tools/system/command.ts'
import { identify, isRunning, type ProcessIdentity } from '../../tools/system/os-process.ts'
import { CACHE, INSIDE, inside, LOGS, RUN } from './paths.ts'

/** Set in the environment of all that the cluster starts outside its containers. */
export const OWNER_VARIABLE = 'MYHOTEL_CLUSTER'

/**
 * A machine of the cluster: namespaces of its own for processes, mounts, network, name and shared memory, on the
 * folders of a disk of its own. The kernel ends all of them, with every process and mount in them, the moment that
 * `init` is killed: this is what a machine does that loses its power.
 */
export type Machine = { name: string; init: ProcessIdentity }

/** Ignores how its children end, so that the kernel collects them, and waits for the power to go. */
const INIT = 'trap "" CHLD; echo up; exec sleep infinity'
const NAMESPACES = ['--pid', '--mount', '--net', '--uts', '--ipc']

/** Switches a machine on. Its disk is what an earlier one of its name has left, without what was in memory. */
export async function startMachine(name: string): Promise<Machine> {
  const disk = join(RUN, name)
  mkdirSync(LOGS, { recursive: true })
  const args = [...NAMESPACES, '--fork', '--kill-child', '--mount-proc', 'sh', '-c', INIT]
  const child = spawn('unshare', args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, [OWNER_VARIABLE]: CACHE },
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`The machine ${name} could not be started; are you root?`)))
  })
  child.stdout.destroy()
  child.unref()
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  const init = identify(Number(children.trim()))
  if (!init) throw new Error(`The machine ${name} ended as soon as it had begun`)
  const machine = { name, init }
  await layOutDisk(machine, disk)
  return machine
}

export const isOn = (machine: Machine): boolean => isRunning(machine.init)

/** Gives it /etc, /opt, /tmp and /var of its own; programs are those of this computer. */
async function layOutDisk(machine: Machine, disk: string): Promise<void> {
  for (const part of ['var/lib', 'var/log', 'var/cache', 'var/tmp', 'opt', 'tmp', 'etc', 'etc.work'])
    await mkdir(join(disk, part), { recursive: true })
  await symlink('/run', join(disk, 'var/run')).catch(() => {})
  await rm(join(disk, 'etc.work'), { recursive: true, force: true })
  await mkdir(join(disk, 'etc.work'))
  const at = (part: string) => join(inside(disk), part)
  const mount = (...args: string[]) => runIn(machine, 'mount', ...args)
  await mount('--make-rshared', '/')
  // The cache may lie under a folder that is hidden from here on.
  await mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/mnt')
  await runIn(machine, 'mkdir', '/mnt/cache')
  await mount('--rbind', CACHE, '/mnt/cache')
  await mount('-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/run')
  await runIn(machine, 'mkdir', '-p', INSIDE)
  await mount('--move', '/mnt/cache', INSIDE).catch(() => mount('--rbind', '/mnt/cache', INSIDE))
  for (const part of ['var', 'opt', 'tmp']) await mount('--bind', at(part), `/${part}`)
  const layers = `lowerdir=/etc,upperdir=${at('etc')},workdir=${at('etc.work')}`
  await mount('-t', 'overlay', '-o', layers, 'overlay', '/etc')
  await runIn(machine, 'hostname', machine.name)
}

/** What a command is put behind to run inside a machine. */
export const inMachine = ({ init }: Machine): string[] => [
  ...['nsenter', `--target=${init.pid}`],
  ...['--mount', '--pid', '--net', '--uts', '--ipc', '--wd=/', '--'],
]

/** Runs a command inside a machine to its end. @throws with what it wrote to stderr */
export async function runIn(machine: Machine, ...command: string[]): Promise<string> {
  const [program = '', ...args] = [...inMachine(machine), ...command]
  return (await runCommand(program, args, { env: environment() })).stdout
}

/**
 * What systemd would do for a server: start it again, whenever it ends. Servers come before what else this computer does,
 * pods among it: elsewhere a control plane has computers of its own.
 */
const KEEP_UP = 'echo -10 > /proc/self/autogroup; while :; do "$@"; sleep 1; done'

/** Keeps a program up inside a machine until the machine ends; what it says goes to a file of LOGS. */
export async function startIn(
  machine: Machine,
  name: string,
  program: string,
  args: string[],
): Promise<void> {
  const log = openSync(join(LOGS, `${machine.name}-${name}.log`), 'a')
  try {
    const kept = ['setsid', '--fork', 'sh', '-c', KEEP_UP, 'sh', program, ...args]
    await finished([...inMachine(machine), ...kept], {
      stdio: ['ignore', log, log],
      env: environment(),
    })
  } finally {
    closeSync(log)
  }
}

/**
 * Runs a command to its end with what it reads, writes and knows told by `options`.
 * @throws with what it wrote to stderr, where that is a pipe
 */
export function finished([program = '', ...args]: string[], options: SpawnOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options)
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}\n${said}`))
    })
  })
}

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Where programs are, seen from inside a machine. */
export const PATH_INSIDE = [`${INSIDE}/run/bin`, ...FOLDERS].join(':')

/** The environment of whatever runs inside a machine. */
export function environment(): NodeJS.ProcessEnv {
  return { PATH: PATH_INSIDE, HOME: '/root', LANG: 'C.UTF-8', [OWNER_VARIABLE]: CACHE }
}
