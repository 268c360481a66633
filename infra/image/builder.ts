import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What is built of a folder. */
export type Build = {
  /** `myhotel:1.0.0` */
  tag: string
  context: string
  containerfile: string
  args: Readonly<Record<string, string>>
  labels: Readonly<Record<string, string>>
  /** Seconds since 1970: the time that everything in the image has. */
  epoch: number
}

/** A program that makes images. */
export type Builder = {
  name: 'buildah' | 'docker'
  /** Whether this base can be had. */
  has(base: string): Promise<boolean>
  build(build: Build): Promise<void>
  /** Writes an image that was built to a file, as `docker load`, `podman load` and `ctr images import` read it. */
  save(tag: string, archive: string): Promise<void>
  /** Sends an image that was built to a registry, under this name there; answers its digest, `sha256:…`. */
  push(tag: string, name: string): Promise<string>
  close(): Promise<void>
}

/**
 * buildah, else Docker, whichever is there and works.
 * @throws saying what to install where neither is
 */
export async function openBuilder(): Promise<Builder> {
  if (await succeeds('buildah', ['--version'])) return buildah()
  if (await succeeds('docker', ['version'])) return docker()
  throw new Error('Images are built by buildah (apt-get install buildah) or Docker: neither is there.')
}

const succeeds = (program: string, args: readonly string[]) =>
  run(program, args).then(
    () => true,
    () => false,
  )

const pairs = (option: string, values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`])

/** With storage of its own, which is gone afterwards; of all drivers vfs asks least of the machine. */
async function buildah(): Promise<Builder> {
  const storage = await mkdtemp(join(tmpdir(), 'myhotel-storage-'))
  const places = [
    '--root',
    join(storage, 'root'),
    '--runroot',
    join(storage, 'run'),
    '--storage-driver',
    'vfs',
  ]
  const call = (...args: string[]) => run('buildah', [...places, ...args])
  return {
    name: 'buildah',
    has: (base) => succeeds('buildah', [...places, 'pull', '--quiet', base]),
    async build({ tag, context, containerfile, args, labels, epoch }) {
      const options = [
        ...pairs('--build-arg', args),
        ...pairs('--label', labels),
        '--timestamp',
        String(epoch),
      ]
      const place = [
        '--isolation',
        'chroot',
        '--tag',
        `docker.io/library/${tag}`,
        '--file',
        containerfile,
        context,
      ]
      await call('bud', ...options, ...place)
    },
    save: async (tag, archive) => {
      await rm(archive, { force: true })
      await call(
        'push',
        '--quiet',
        `docker.io/library/${tag}`,
        `docker-archive:${archive}:docker.io/library/${tag}`,
      )
    },
    async push(tag, name) {
      const file = join(storage, 'digest')
      await call('push', '--quiet', '--digestfile', file, `docker.io/library/${tag}`, `docker://${name}`)
      return (await readFile(file, 'utf8')).trim()
    },
    async close() {
      await call('rmi', '--all', '--force').catch(() => undefined)
      await rm(storage, { recursive: true, force: true })
    },
  }
}

/** The daemon keeps the images, so that they can be run at once. */
function docker(): Builder {
  return {
    name: 'docker',
    has: (base) => succeeds('docker', ['pull', '--quiet', base]),
    async build({ tag, context, containerfile, args, labels, epoch }) {
      const options = [
        ...pairs('--build-arg', { ...args, SOURCE_DATE_EPOCH: String(epoch) }),
        ...pairs('--label', labels),
      ]
      await run('docker', ['build', ...options, '--tag', tag, '--file', containerfile, context])
    },
    save: async (tag, archive) => void (await run('docker', ['save', '--output', archive, tag])),
    async push(tag, name) {
      await run('docker', ['tag', tag, name])
      await run('docker', ['push', '--quiet', name])
      const { stdout } = await run('docker', [
        'image',
        'inspect',
        '--format',
        '{{join .RepoDigests "\\n"}}',
        name,
      ])
      const [repository = ''] = name.split(/:(?!.*[/])/)
      const found = stdout.split('\n').find((one) => one.startsWith(`${repository}@`))
      if (!found) throw new Error(`The registry has told no digest of ${name}.`)
      return found.slice(repository.length + 1).trim()
    },
    close: async () => undefined,
  }
}
