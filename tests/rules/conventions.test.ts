import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
/** Lines; tests, which are read one at a time, may have more. */
const LONGEST = 250
const LONGEST_TEST = 400
/** Tables, not code. */
const DATA = ['tools/demo/cities.ts']

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  .toString()
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(ROOT, file)))
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const source = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.generated.ts'))
const tests = source.filter((file) => file.endsWith('.test.ts'))
const isForTests = (file: string) => /[.]test[.]ts$|\/(testing|fixture)[./-]/.test(file)
const code = (file: string) => read(file).replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '')
const subgraphs = readdirSync(join(ROOT, 'subgraphs'))

/** The files of `among` whose code has `pattern`. */
const having = (pattern: RegExp, among: string[]) => among.filter((file) => pattern.test(code(file)))

describe('the domain', () => {
  const pure = source.filter(
    (file) => /^subgraphs\/[^/]+\/src\/(domain|views)\//.test(file) && !isForTests(file),
  )
  const impure = [
    /\bnew Date\(\)/,
    /\bDate\.now\b/,
    /\bMath\.random\b/,
    /\bcrypto\./,
    /\bfetch\(/,
    /\bset(Timeout|Interval)\(/,
  ]

  test.each(impure)('knows no clock, no chance and no outside: %s', (pattern) => {
    expect(having(pattern, pure)).toEqual([])
  })
})

describe('code', () => {
  test('is in files that can be read in one go', () => {
    const longest = (file: string) => (tests.includes(file) ? LONGEST_TEST : LONGEST)
    const tooLong = source.filter((file) => read(file).split('\n').length > longest(file))
    expect(tooLong.filter((file) => !DATA.includes(file))).toEqual([])
  })

  test('leaves nothing for later', () => {
    expect(source.filter((file) => /\b(TO)DO\b|\b(FIX)ME\b/.test(read(file)))).toEqual([])
  })

  test('has one rule for what can be an id: kit/ids.ts', () => {
    const own = /\[\\?d?[0-9a-fA-F-]*a-f[^\]]*\]\{8\}|\bvalidate\b[^\n]*from 'uuid'/
    const judged = source.filter((file) => /^(subgraphs|packages)\//.test(file) && !isForTests(file))
    expect(having(own, judged)).toEqual(['packages/kit/src/ids.ts'])
  })

  test("starts PostgreSQL's programs with the settings of every session", () => {
    const connecting = having(/\(['"`](psql|pgbench|pg_dump|pg_restore)['"`], \[/, source)
    expect(connecting.length).toBeGreaterThan(0)
    expect(connecting.filter((file) => !/PGOPTIONS: toOptions\(sessionSettings\)/.test(code(file)))).toEqual(
      [],
    )
  })

  test('reads the environment in env.ts alone', () => {
    const config = JSON.parse(read('biome.json'))
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'myhotel-lint-')))
    writeFileSync(
      join(folder, 'biome.json'),
      JSON.stringify({ ...config, $schema: undefined, vcs: undefined }),
    )
    const sources = [
      'subgraphs/room/src/adapters/x.ts',
      'subgraphs/room/src/compose.ts',
      'packages/kit/src/x.ts',
    ]
    for (const file of [...sources, 'subgraphs/room/src/env.ts']) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), 'export const x = process.env.X\n')
    }
    const biome = join(ROOT, 'node_modules/.bin/biome')
    const { stdout } = spawnSync(biome, ['lint', '--reporter=github'], { cwd: folder, encoding: 'utf8' })
    rmSync(folder, { recursive: true })
    const found = [...stdout.matchAll(/noProcessEnv.*?file=([^,]+)/g)].map(([, file = '']) =>
      relative(folder, file),
    )
    expect(found.sort()).toEqual(sources.sort())
  })
})

describe('tests', () => {
  test('never sleep: eventually() waits for what is to happen', () => {
    expect(having(/\bsetTimeout\(|timers\/promises/, tests)).toEqual([])
  })
})

describe('every subgraph', () => {
  const parts = [
    ...['README.md', 'schema.graphql', 'package.json', 'src/main.ts', 'src/env.ts', 'src/compose.ts'],
    ...['src/adapters/policy.ts', 'src/policy.adapter.test.ts'],
  ]

  test.each(subgraphs)('%s has what a reader looks for first', (name) => {
    expect(parts.filter((part) => !existsSync(join(ROOT, 'subgraphs', name, part)))).toEqual([])
  })
})

describe('the lock file', () => {
  test('names no registry, so that it works with any', () => {
    expect(read('pnpm-lock.yaml')).not.toMatch(/https?:\/\//)
  })
})
