import { createHash } from 'node:crypto'
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { runCommand } from '../../tools/system/command.ts'

/** What an image is made of: its files, and how it starts where a manifest does not say it. */
export type ImageSpec = {
  /** Files and folders of this computer by the path that they get. Programs bring the libraries that they need. */
  files: Record<string, string>
  /** Texts by the path of the file that they fill. */
  texts?: Record<string, string>
  /** Where symbolic links lead, by their own path. */
  links?: Record<string, string>
  entrypoint: string[]
  env?: Record<string, string>
  user?: string
}

/** Writes an image under its names to `file`, as an archive in the format of Docker, which `ctr images import` reads. */
export async function writeImage(file: string, names: readonly string[], spec: ImageSpec): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const work = await mkdtemp(`${file}.`)
  try {
    await fill(join(work, 'root'), spec)
    const tar = (...args: string[]) => runCommand('tar', [...REPRODUCIBLE, ...args])
    await tar('-cf', join(work, 'layer.tar'), '-C', join(work, 'root'), '.')
    const layer = createHash('sha256')
      .update(await readFile(join(work, 'layer.tar')))
      .digest('hex')
    const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...spec.env }
    const config = {
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: {
        Entrypoint: spec.entrypoint,
        Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
        User: spec.user ?? '',
        WorkingDir: '/',
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
      history: [{ created_by: 'myhotel' }],
    }
    await writeFile(join(work, 'config.json'), JSON.stringify(config))
    const manifest = [{ Config: 'config.json', RepoTags: names, Layers: ['layer.tar'] }]
    await writeFile(join(work, 'manifest.json'), JSON.stringify(manifest))
    await tar('-cf', `${file}.draft`, '-C', work, 'manifest.json', 'config.json', 'layer.tar')
    await rename(`${file}.draft`, file)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const REPRODUCIBLE = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0']

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'

async function fill(root: string, { files, texts, links }: ImageSpec): Promise<void> {
  for (const folder of ['etc', 'usr/bin', 'usr/lib', 'var/lib', 'run', 'tmp', 'root', 'proc', 'sys', 'dev'])
    await mkdir(join(root, folder), { recursive: true })
  await runCommand('chmod', ['1777', join(root, 'tmp')])
  for (const [link, target] of Object.entries({
    bin: 'usr/bin',
    lib: 'usr/lib',
    lib64: 'usr/lib',
    sbin: 'usr/bin',
  }))
    await symlink(target, join(root, link))
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    const real = await realpath(source)
    await cp(real, join(root, path), { recursive: true, verbatimSymlinks: true })
    for (const library of await librariesOf(real)) await copyLibrary(library, root)
  }
  for (const [path, text] of Object.entries({ 'etc/passwd': PASSWD, 'etc/group': 'root:x:0:\n', ...texts })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  for (const [path, target] of Object.entries(links ?? {})) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await symlink(target, join(root, path))
  }
}

/** The shared libraries of this computer that a program, or the programs in the folder `bin` of a folder, ask for. */
async function librariesOf(path: string): Promise<string[]> {
  const { stdout } = await runCommand('find', [
    path,
    '-type',
    'f',
    '(',
    '-perm',
    '/111',
    '-o',
    '-name',
    '*.so*',
    ')',
  ])
  const found = new Set<string>()
  for (const program of stdout.split('\n').filter(Boolean)) {
    const { stdout: list } = await runCommand('ldd', [program]).catch(() => ({ stdout: '' }))
    for (const [, library = ''] of list.matchAll(/(?:=> )?(\/\S+) \(0x/g)) found.add(library)
  }
  return [...found].filter((library) => !library.startsWith(path))
}

async function copyLibrary(library: string, root: string): Promise<void> {
  const folder = library.includes('ld-linux')
    ? 'usr/lib'
    : `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`
  await mkdir(join(root, folder), { recursive: true })
  await copyFile(await realpath(library), join(root, folder, basename(library)))
}
