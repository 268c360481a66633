import { join } from 'node:path'
import type { QueryPlan } from '@apollo/query-planner'
import { createTestLog } from '@myhotel/kit/testing'
import fc from 'fast-check'
import { parse, validate } from 'graphql'
import { expect, test, vi } from 'vitest'
import { readSupergraph } from '../supergraph.ts'
import { randomOperation } from '../testing/operations.ts'
import { plan } from '../testing/plan.ts'
import { zoo } from '../testing/zoo.ts'
import { createPlanWatch, flawOf, installedVersions, triedVersion } from './known.ts'
import { createPlanner } from './planner.ts'

vi.setConfig({ testTimeout: 120_000 })

const hotel = readSupergraph(join(import.meta.dirname, '../../../supergraph.graphql')).sdl

// Whoever raises the version runs the tests that compare with a monolith, and raises `triedVersion`.
test('the planner that is installed is the one that was tried', () => {
  expect(new Set(Object.values(installedVersions))).toEqual(new Set([triedVersion]))
})

test.each([
  ['the zoo', zoo()],
  ['the hotel', hotel],
])('all that plans over %s say is known', (_, sdl) => {
  const planner = createPlanner(sdl)
  const operations = fc.gen().map((g) => randomOperation(planner.apiSchema, (max) => g(fc.nat, max)))
  let planned = 0
  fc.assert(
    fc.property(operations, ({ query }) => {
      const document = parse(query)
      fc.pre(validate(planner.apiSchema, document).length === 0)
      expect(flawOf(plan(planner, query).plan), query).toBe(null)
      planned += 1
    }),
    { numRuns: 100 },
  )
  expect(planned).toBeGreaterThan(50)
})

const planner = createPlanner(zoo())
const some = (): QueryPlan =>
  structuredClone(plan(planner, '{ me { badge { colour } favourite { weight } } }').plan)

/** Changes the first fetch of a plan. */
function changed(change: (fetch: Record<string, unknown>) => void): QueryPlan {
  const made = some()
  const find = (node: unknown): Record<string, unknown> | undefined => {
    if (typeof node !== 'object' || node === null) return undefined
    if ('kind' in node && node.kind === 'Fetch') return node as Record<string, unknown>
    return Object.values(node).map(find).find(Boolean)
  }
  const fetch = find(made.node)
  if (!fetch) throw new Error('a plan without a fetch')
  change(fetch)
  return made
}

test.each<[string, QueryPlan]>([
  ['another kind of node', { kind: 'QueryPlan', node: { kind: 'Defer' } } as unknown as QueryPlan],
  ['a node that is nothing', { kind: 'QueryPlan', node: {} } as unknown as QueryPlan],
  ['more than there was', changed((fetch) => Object.assign(fetch, { retries: 3 }))],
  ['parts that come later', changed((fetch) => Object.assign(fetch, { hasDefers: true }))],
  [
    'values from above',
    changed((fetch) =>
      Object.assign(fetch, { contextRewrites: [{ kind: 'KeyRenamer', path: ['a'], renameKeyTo: 'b' }] }),
    ),
  ],
  [
    'another rewrite',
    changed((fetch) => Object.assign(fetch, { outputRewrites: [{ kind: 'Remover', path: ['a'] }] })),
  ],
  ['an operation that is no text', changed((fetch) => Object.assign(fetch, { operation: { query: '' } }))],
  ['less than there was', changed((fetch) => delete fetch.serviceName)],
])('a plan that says %s is not executed', (_, made) => {
  expect(flawOf(some())).toBe(null)
  expect(flawOf(made)).toEqual(expect.any(String))
  const { log, lines } = createTestLog()
  const { check } = createPlanWatch(log)
  for (let times = 0; times < 3; times += 1) expect(() => check(made, 'Some')).toThrow('is not understood')
  expect(lines).toMatchObject([{ event: 'plan_not_understood', count: 1, operation: 'Some', level: 50 }])
})

test('another version is told at the start, and its plans are executed as long as they are understood', () => {
  const { log, lines } = createTestLog()
  const installed = { '@apollo/query-planner': '2.14.5', '@apollo/federation-internals': '2.14.5' }
  const { check } = createPlanWatch(log, installed)
  expect(lines).toMatchObject([{ event: 'planner_untried', tried: triedVersion, installed, level: 40 }])
  check(some(), undefined)
  expect(lines).toHaveLength(1)
})
