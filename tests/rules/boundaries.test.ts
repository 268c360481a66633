import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs')
const rules: string[] = config.forbidden.map((rule: { name: string }) => rule.name)

type Import = [rule: string, from: string, to: string]

/** Each breaks the rule it names, and no other import of that kind is allowed by another rule. */
const FORBIDDEN: Import[] = [
  ['domain-sees-only-itself', 'subgraphs/room/src/domain/a1.ts', 'node:crypto'],
  ['domain-sees-only-itself', 'subgraphs/room/src/domain/a2.ts', 'uuid'],
  ['domain-sees-only-itself', 'subgraphs/room/src/domain/a3.ts', 'packages/contracts/src/room.ts'],
  ['domain-sees-only-itself', 'subgraphs/room/src/domain/a4.ts', 'subgraphs/room/src/application/ports.ts'],
  ['domain-sees-only-itself', 'subgraphs/room/src/domain/a5.ts', 'subgraphs/book/src/domain/stay.ts'],
  ['views-see-events', 'subgraphs/mypage/src/views/b1.ts', 'packages/kit/src/bus.ts'],
  ['views-see-events', 'subgraphs/mypage/src/views/b2.ts', 'ioredis'],
  [
    'application-sees-domain-and-contracts',
    'subgraphs/room/src/application/c1.ts',
    'packages/kit/src/bus.ts',
  ],
  ['application-sees-domain-and-contracts', 'subgraphs/room/src/application/c2.ts', 'node:timers'],
  [
    'application-sees-domain-and-contracts',
    'subgraphs/room/src/application/c3.ts',
    'subgraphs/room/src/adapters/database.ts',
  ],
  ['adapters-are-composed', 'subgraphs/room/src/adapters/d1.ts', 'subgraphs/room/src/env.ts'],
  ['adapters-are-composed', 'subgraphs/room/src/adapters/d2.ts', 'subgraphs/room/src/compose.ts'],
  ['only-compose-sees-adapters', 'subgraphs/room/src/main.ts', 'subgraphs/room/src/adapters/database.ts'],
  [
    'subgraphs-never-see-each-other',
    'subgraphs/room/src/adapters/e1.ts',
    'subgraphs/book/src/domain/stay.ts',
  ],
  [
    'subgraphs-never-see-each-other',
    'subgraphs/room/src/adapters/e2.test.ts',
    'subgraphs/book/src/adapters/database.ts',
  ],
  ['subgraphs-see-packages', 'subgraphs/room/src/adapters/f1.ts', 'tools/migrate.ts'],
  ['router-sees-kit', 'router/src/g1.ts', 'subgraphs/book/src/domain/stay.ts'],
  ['packages-see-packages', 'packages/kit/src/h1.ts', 'subgraphs/book/src/domain/stay.ts'],
  ['packages-see-packages', 'packages/kit/src/h2.ts', 'tools/migrate.ts'],
  ['contracts-see-only-themselves', 'packages/contracts/src/i1.ts', 'packages/kit/src/bus.ts'],
  ['contracts-see-only-themselves', 'packages/contracts/src/i2.ts', 'graphql'],
  ['system-tests-use-the-router', 'tests/system/j1.test.ts', 'subgraphs/book/src/domain/stay.ts'],
  ['tools-see-no-subgraph', 'tools/k1.ts', 'subgraphs/book/src/domain/stay.ts'],
  ['tools-see-no-subgraph', 'tools/k2.ts', 'bench/report.ts'],
  ['tools-see-no-subgraph', 'tools/k4.ts', 'infra/image/programs.ts'],
  ['infra-sees-tools', 'infra/k5.ts', 'router/src/env.ts'],
  ['bench-measures-from-outside', 'bench/k3.ts', 'router/src/env.ts'],
  ['prisma-only-in-adapters', 'subgraphs/room/src/application/l1.ts', '@prisma/client'],
  [
    'prisma-only-in-adapters',
    'subgraphs/room/src/compose.ts',
    'subgraphs/room/src/adapters/prisma-client/client.ts',
  ],
  ['prisma-only-in-adapters', 'packages/kit/src/l3.ts', '@prisma/adapter-pg'],
  ['postgres-only-in-kit', 'packages/kit/src/outbox.ts', 'pg'],
  ['postgres-only-in-kit', 'packages/kit/src/r1.adapter.test.ts', 'pg'],
  ['postgres-only-in-kit', 'subgraphs/room/src/adapters/r2.ts', 'pg'],
  ['postgres-only-in-kit', 'tools/r3.ts', 'pg-pool'],
  ['postgres-only-in-kit', 'tests/system/r4.test.ts', 'pg'],
  ['postgres-only-in-kit', 'bench/r5.ts', 'pg'],
  ['prisma-connects-in-kit', 'subgraphs/room/src/adapters/r6.ts', '@prisma/adapter-pg'],
  ['prisma-connects-in-kit', 'tools/r7.ts', '@prisma/adapter-pg'],
  ['nats-only-in-bus', 'packages/kit/src/outbox.ts', 'nats'],
  ['nats-only-in-bus', 'subgraphs/room/src/adapters/m2.ts', 'nats'],
  ['tests-are-not-imported', 'subgraphs/room/src/domain/n1.test.ts', 'subgraphs/room/src/domain/n2.test.ts'],
  ['test-tools-only-in-tests', 'subgraphs/room/src/adapters/o1.ts', 'packages/kit/src/testing.ts'],
  ['test-tools-only-in-tests', 'packages/kit/src/o2.ts', 'vitest'],
  [
    'subgraphs-never-see-each-other',
    'subgraphs/room/src/testing/o3.ts',
    'subgraphs/book/src/testing/world.ts',
  ],
  ['no-cycles', 'subgraphs/room/src/domain/p1.ts', 'subgraphs/room/src/domain/p1.ts'],
  ['everything-resolves', 'subgraphs/room/src/adapters/q1.ts', './nowhere.ts'],
]

const ALLOWED: Import[] = [
  ['', 'subgraphs/room/src/domain/z1.ts', 'subgraphs/room/src/domain/z2.ts'],
  ['', 'subgraphs/room/src/domain/z1.test.ts', 'vitest'],
  ['', 'subgraphs/mypage/src/views/z2.ts', 'packages/contracts/src/room.ts'],
  ['', 'subgraphs/room/src/application/z3.ts', 'subgraphs/room/src/domain/z2.ts'],
  ['', 'subgraphs/room/src/application/z4.ts', 'packages/contracts/src/room.ts'],
  ['', 'subgraphs/room/src/adapters/z5.ts', 'subgraphs/room/src/application/ports.ts'],
  ['', 'subgraphs/room/src/adapters/z6.ts', '@prisma/client'],
  ['', 'packages/kit/src/prisma.ts', '@prisma/adapter-pg'],
  ['', 'packages/kit/src/postgres.ts', 'pg'],
  ['', 'tools/migrate/schema-engine.ts', '@prisma/adapter-pg'],
  ['', 'subgraphs/room/src/adapters/z7.ts', 'node:crypto'],
  ['', 'subgraphs/room/src/adapters/z8.adapter.test.ts', 'packages/kit/src/testing.ts'],
  ['', 'subgraphs/room/src/testing/z10.ts', 'subgraphs/room/src/adapters/database.ts'],
  ['', 'subgraphs/room/src/testing/z11.ts', 'packages/kit/src/testing.ts'],
  ['', 'subgraphs/book/src/compose.ts', 'subgraphs/book/src/adapters/database.ts'],
  ['', 'subgraphs/book/src/main.ts', 'subgraphs/book/src/compose.ts'],
  ['', 'packages/kit/src/bus.ts', 'nats'],
  ['', 'packages/contracts/src/z9.ts', 'zod'],
]

let folder = ''
let found: ICruiseResult

/** Makes a repository of files that do nothing but import, half of them types only, and cruises it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'myhotel-boundaries-'))
  const files = new Map<string, string[]>()
  const lines = (file: string) => files.get(file) ?? files.set(file, []).get(file) ?? []
  for (const [index, [, from, to]] of [...FORBIDDEN, ...ALLOWED].entries()) {
    const isFile = to.endsWith('.ts') && !to.startsWith('.')
    const specifier = isFile ? `./${relative(dirname(from), to)}` : to
    lines(from).push(`import ${index % 2 === 0 ? 'type ' : ''}{ x as x${index} } from '${specifier}'`)
    if (isFile) lines(to)
  }
  for (const [file, imports] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), [...imports, 'export const x = 1'].join('\n'))
  }
  for (const name of [
    'uuid',
    'ioredis',
    'graphql',
    'zod',
    'vitest',
    'nats',
    'pg',
    'pg-pool',
    '@prisma/client',
    '@prisma/adapter-pg',
  ]) {
    const path = join(folder, 'node_modules', name)
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'package.json'), `{ "name": "${name}", "main": "index.js" }`)
    await writeFile(join(path, 'index.js'), '')
  }
  found = await cruiseFolder(folder)
})
afterAll(() => rm(folder, { recursive: true }))

async function cruiseFolder(baseDir: string): Promise<ICruiseResult> {
  const { enhancedResolveOptions, ...options } = config.options
  const { output } = await cruise(
    ['.'],
    { ...options, baseDir, validate: true, ruleSet: { forbidden: config.forbidden } },
    enhancedResolveOptions,
  )
  if (typeof output === 'string') throw new Error(output)
  return output
}

const brokenBy = (file: string) =>
  found.summary.violations.filter(({ from }) => from === file).map(({ rule }) => rule.name)

describe('the boundaries bite', () => {
  test.each(FORBIDDEN)('%s: %s may not import %s', (rule, from) => {
    expect(brokenBy(from)).toContain(rule)
  })

  test.each(ALLOWED)('%s%s may import %s', (_, from) => {
    expect(brokenBy(from)).toEqual([])
  })

  test('each rule is shown to bite', () => {
    expect(rules.filter((name) => !FORBIDDEN.some(([rule]) => rule === name))).toEqual([])
  })
})
