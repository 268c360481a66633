import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { programsOf } from './programs.ts'

/** What of this repository an image holds. */
export type Image = {
  name: string
  title: string
  /** Workspace packages whose dependencies are installed, as pnpm filters them: with `...`, and those that they depend on. */
  packages: readonly string[]
  /** Folders whose files that are no code (schemas, migrations, scripts of Redis) belong to it. */
  folders: readonly string[]
  /** Whether it has this program (a file). */
  holds(program: string): boolean
  env: Readonly<Record<string, string>>
  /** A folder of programs that the entry point does not know: they are started by their own names. */
  programs?: string
  /** Packages of Debian that these need besides Node; the image is then built on Debian's packages everywhere. */
  debian?: readonly string[]
}

/** For development alone: stand-ins, and what makes up secrets. */
const isSandbox = (file: string) => /^(tools\/sandbox|infra\/k8s)\//.test(file)

/** The images that are made of workspace packages alone, by name. */
export const images: readonly Image[] = [
  {
    name: 'myhotel',
    title: 'MyHotel: router, subgraphs, migrations and maintenance',
    packages: ['@myhotel/router...', '{./subgraphs/*}...', '@myhotel/tools...'],
    folders: ['router', 'subgraphs', 'packages', 'prisma'],
    holds: (program) => !isSandbox(program),
    env: { NODE_ENV: 'production' },
  },
  {
    name: 'myhotel-sandbox',
    title:
      'Stand-ins for the outside world, for development: issuer, mail catcher, payment provider, secrets',
    packages: ['@myhotel/sandbox...', '@myhotel/infra...'],
    folders: [],
    holds: (program) => isSandbox(program) || program === 'infra/image/health.ts',
    env: { NODE_ENV: 'development' },
  },
  {
    name: 'myhotel-proof',
    title: 'Clients that load and probe a cluster (infra/proof/client), siege among them',
    packages: ['@myhotel/infra...'],
    folders: [],
    holds: () => false,
    env: { NODE_ENV: 'development' },
    programs: 'infra/proof/client',
    debian: ['siege', 'libssl3', 'zlib1g'],
  },
]

/** The files that are started in an image, besides the entry point itself. */
export const programFilesOf = (image: Image, root: string): string[] => [
  ...new Set([
    ...Object.values(programsOf(root))
      .map(({ file }) => file)
      .filter(image.holds),
    ...(image.programs ? programsIn(root, image.programs) : []),
  ]),
]

const programsIn = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => `${folder}/${file}`)
