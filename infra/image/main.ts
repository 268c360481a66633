import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { ROOT } from '../../tools/system/client.ts'
import { debianBase } from './base.ts'
import { type Builder, openBuilder } from './builder.ts'
import { checkArchive } from './check.ts'
import { sizeOf, touch } from './files.ts'
import { type Image, images } from './images.ts'
import { publish } from './publish.ts'
import { writeBom } from './sbom.ts'
import { stage } from './stage.ts'
import { warm } from './warm.ts'

const USAGE = `npm run image [-- --only NAME --tag TAG --base IMAGE --check --push REGISTRY --sign KEY]

Builds the images by buildah or Docker, whichever is there, and writes archives to infra/image/out/, which
"docker load", "podman load" and "ctr images import" read, each with its bill of materials (CycloneDX).

  --only NAME    this image only: ${images.map(({ name }) => name).join(', ')}
  --tag TAG      instead of the version in package.json
  --base IMAGE   what they are built on instead of ${'gcr.io/distroless/cc-debian12'}; "debian" makes a base of a few
                 of Debian's packages, as is also done where no registry can be reached
  --check        runs all that is in the archives, read-only, without capabilities, as nobody: as root, with runc
  --push REGISTRY
                 sends the images to REGISTRY/NAME:TAG; buildah or Docker has to be signed in there
  --sign KEY     signs what was sent, and its bill of materials as an attestation, by cosign: KEY is one that cosign knows
                 (gcpkms://…, cosign.key), or "keyless": by the identity of the CI that runs this
`

const run = promisify(execFile)
const distroless = 'gcr.io/distroless/cc-debian12'
const OUT = join(import.meta.dirname, 'out')
const archiveOf = ({ name }: Image) => join(OUT, `${name}.tar`)
const bomOf = ({ name }: Image) => join(OUT, `${name}.cdx.json`)

type Options = { tag: string; base: string; builder: Builder; epoch: number; revision: string }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      tag: { type: 'string' },
      base: { type: 'string' },
      check: { type: 'boolean', default: false },
      push: { type: 'string' },
      sign: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const chosen = images.filter(({ name }) => !values.only || name === values.only)
  if (values.help || chosen.length === 0 || (values.sign && !values.push)) {
    process.stdout.write(USAGE)
    return values.help ? 0 : 2
  }
  await mkdir(OUT, { recursive: true })
  const builder = await openBuilder()
  try {
    const tag = values.tag ?? JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')).version
    const base = values.base ?? ((await builder.has(distroless)) ? distroless : 'debian')
    const options = {
      tag,
      base,
      builder,
      epoch: await lastChange(),
      revision: await git('rev-parse', 'HEAD'),
    }
    for (const image of chosen) {
      await build(image, options)
      if (values.check) process.stdout.write(`${await checkArchive(image, archiveOf(image))}\n`)
      if (values.push)
        await publish(image.name, tag, { ...values, registry: values.push, builder, bom: bomOf(image) })
    }
  } finally {
    await builder.close()
  }
  return 0
}

const git = async (...args: string[]) => (await run('git', args, { cwd: ROOT })).stdout.trim()

/** When the last change was made, as the time of everything in an image: the same sources make the same image. */
const lastChange = async () =>
  Number(process.env.SOURCE_DATE_EPOCH ?? (await git('log', '-1', '--format=%ct')))

async function build(image: Image, options: Options): Promise<void> {
  const { tag, builder, epoch, revision } = options
  const base = image.debian ? 'debian' : options.base
  const since = Date.now()
  const context = await mkdtemp(join(tmpdir(), `${image.name}-`))
  try {
    const debian = base === 'debian' ? await debianBase(context, image.debian) : []
    await mkdir(join(context, 'usr/bin'), { recursive: true })
    await copyFile(join(ROOT, 'node_modules/node/bin/node'), join(context, 'usr/bin/node'))
    await stage(image, join(context, 'app'))
    await warm(join(context, 'app'), image.env)
    await writeBom(image, tag, join(context, 'app'), debian, bomOf(image))
    await touch(context, epoch)
    const labels = {
      'org.opencontainers.image.title': image.title,
      'org.opencontainers.image.version': tag,
      'org.opencontainers.image.revision': revision,
      'org.opencontainers.image.created': new Date(epoch * 1_000).toISOString(),
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.base.name': base,
    }
    const containerfile = join(import.meta.dirname, 'Containerfile')
    const args = { BASE: base === 'debian' ? 'scratch' : base, ...image.env }
    await builder.build({ tag: `${image.name}:${tag}`, context, containerfile, args, labels, epoch })
    const archive = archiveOf(image)
    await builder.save(`${image.name}:${tag}`, archive)
    const seconds = ((Date.now() - since) / 1_000).toFixed(0)
    const size = (await sizeOf(context)) / 1e6
    process.stdout.write(
      `${image.name}:${tag} on ${base}, ${size.toFixed(0)} MB, ${seconds} s by ${builder.name}: ${archive}\n`,
    )
  } finally {
    await rm(context, { recursive: true, force: true })
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  return 1
})
