import { execFile } from 'node:child_process'
import { chmod, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Of Debian, what Node is linked against, and what distroless images have besides. None brings a shell. */
const packages = ['libc6', 'libgcc-s1', 'libstdc++6', 'ca-certificates', 'tzdata']

/** Whoever runs in the image; a number, because Kubernetes checks by it that nobody is root. */
export const USER = 10_001

/** A Debian package that was put into an image. */
export type DebianPackage = { name: string; version: string; architecture: string }

/**
 * A root file system of a few Debian packages and nothing else: for where no registry of images can be reached, in the
 * manner of distroless/cc. Needs apt-get and dpkg-deb, but not to be root.
 *
 * @param more packages that are put in besides
 * @returns the packages in it
 * @throws saying what to do where Debian's packages cannot be had
 */
export async function debianBase(root: string, more: readonly string[] = []): Promise<DebianPackage[]> {
  const downloads = await mkdtemp(`${root}-packages-`)
  await run('apt-get', ['download', ...packages, ...more], { cwd: downloads }).catch((error: Error) => {
    throw new Error(`Debian's packages could not be had; try "apt-get update".\n${error.message}`)
  })
  const files = (await Array.fromAsync(glob('*.deb', { cwd: downloads }))).sort()
  const installed: DebianPackage[] = []
  for (const file of files) installed.push(await unpack(join(downloads, file), root))
  await rm(downloads, { recursive: true })
  await trustAuthorities(root)
  await Promise.all(
    // Documentation, and what only makes sense where packages are configured.
    ['usr/share/doc', 'usr/share/man', 'usr/share/lintian', 'usr/sbin', 'etc/ca-certificates'].map((folder) =>
      rm(join(root, folder), { recursive: true, force: true }),
    ),
  )
  await writeFile(
    join(root, 'etc/passwd'),
    `root:x:0:0::/:/nonexistent\nmyhotel:x:${USER}:${USER}::/:/nonexistent\n`,
  )
  await writeFile(join(root, 'etc/group'), `root:x:0:\nmyhotel:x:${USER}:\n`)
  await mkdir(join(root, 'tmp'))
  await chmod(join(root, 'tmp'), 0o1777)
  return installed
}

/** What is in a package, and where scanners look for it: in `var/lib/dpkg/status.d`, as in distroless images. */
async function unpack(file: string, root: string): Promise<DebianPackage> {
  await run('dpkg-deb', ['--extract', file, root])
  const { stdout } = await run('dpkg-deb', ['--field', file])
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stdout)?.[1] ?? ''
  await mkdir(join(root, 'var/lib/dpkg/status.d'), { recursive: true })
  await writeFile(join(root, 'var/lib/dpkg/status.d', field('Package')), stdout)
  return { name: field('Package'), version: field('Version'), architecture: field('Architecture') }
}

/** The bundle that the package would make when it is configured, which takes a shell. */
async function trustAuthorities(root: string): Promise<void> {
  const certificates = await Array.fromAsync(glob('usr/share/ca-certificates/**/*.crt', { cwd: root }))
  const texts = await Promise.all(certificates.sort().map((file) => readFile(join(root, file), 'utf8')))
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true })
  await writeFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), texts.join(''))
}
